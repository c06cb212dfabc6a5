/** What will run: steps, findings, facts and the planner that makes a plan of them. */
@NullMarked
package dev.godwit.workflows.plan;

import org.jspecify.annotations.NullMarked;
