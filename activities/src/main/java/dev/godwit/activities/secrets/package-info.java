/** Secrets by name. */
@NullMarked
package dev.godwit.activities.secrets;

import org.jspecify.annotations.NullMarked;
