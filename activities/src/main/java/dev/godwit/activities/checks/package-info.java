/** What the service answers, asked from outside. */
@NullMarked
package dev.godwit.activities.checks;

import org.jspecify.annotations.NullMarked;
