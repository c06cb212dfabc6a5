/** The operator's own commands. */
@NullMarked
package dev.godwit.activities.hooks;

import org.jspecify.annotations.NullMarked;
