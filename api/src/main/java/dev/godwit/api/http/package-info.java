/** How the API speaks HTTP: JSON, limits, headers. */
@NullMarked
package dev.godwit.api.http;

import org.jspecify.annotations.NullMarked;
