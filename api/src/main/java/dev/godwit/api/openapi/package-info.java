/** The description of the API, made from its code, and the page that shows it. */
@NullMarked
package dev.godwit.api.openapi;

import org.jspecify.annotations.NullMarked;
