/** systemd units: their steps, what is found, and the activities that do it. */
@NullMarked
package dev.godwit.workflows.units;

import org.jspecify.annotations.NullMarked;
