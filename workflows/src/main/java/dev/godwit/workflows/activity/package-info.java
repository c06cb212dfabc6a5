/** The hands as the workflow sees them: one interface per system, implemented in the activities module. */
@NullMarked
package dev.godwit.workflows.activity;

import org.jspecify.annotations.NullMarked;
