/** The one runnable: command line, roles, and what starts and stops with them. */
@NullMarked
package dev.godwit.app;

import org.jspecify.annotations.NullMarked;
