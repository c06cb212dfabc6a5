/** Every answer that is not the one asked for, as RFC 9457 problem details. */
@NullMarked
package dev.godwit.api.problem;

import org.jspecify.annotations.NullMarked;
