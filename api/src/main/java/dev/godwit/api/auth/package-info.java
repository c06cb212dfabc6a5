/** Who may speak to the API. */
@NullMarked
package dev.godwit.api.auth;

import org.jspecify.annotations.NullMarked;
