/** Questions to the service: their part of the spec, their steps, and the activities that ask them. */
@NullMarked
package dev.godwit.workflows.checks;

import org.jspecify.annotations.NullMarked;
