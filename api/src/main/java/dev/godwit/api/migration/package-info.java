/** Plans and migrations over HTTP: start, look, steer, audit. */
@NullMarked
package dev.godwit.api.migration;

import org.jspecify.annotations.NullMarked;
