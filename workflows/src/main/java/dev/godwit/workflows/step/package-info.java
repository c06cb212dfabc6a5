/** What every kind of step has in common, and what an activity is asked and answers. */
@NullMarked
package dev.godwit.workflows.step;

import org.jspecify.annotations.NullMarked;
