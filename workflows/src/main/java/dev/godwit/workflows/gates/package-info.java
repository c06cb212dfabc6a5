/** What the workflow waits for by itself, without any activity. */
@NullMarked
package dev.godwit.workflows.gates;

import org.jspecify.annotations.NullMarked;
