/** The operator's own commands: their part of the spec, their step, and the activities that run them. */
@NullMarked
package dev.godwit.workflows.hooks;

import org.jspecify.annotations.NullMarked;
