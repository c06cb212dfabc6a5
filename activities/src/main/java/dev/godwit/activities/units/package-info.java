/** systemd units. */
@NullMarked
package dev.godwit.activities.units;

import org.jspecify.annotations.NullMarked;
