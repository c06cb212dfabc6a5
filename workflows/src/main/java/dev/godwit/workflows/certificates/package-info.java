/** Certificates: their part of the spec, their steps, and the activities that do it. */
@NullMarked
package dev.godwit.workflows.certificates;

import org.jspecify.annotations.NullMarked;
