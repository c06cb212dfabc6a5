/** How values are written in a spec: the annotation that describes a key, and the kinds of text. */
@NullMarked
package dev.godwit.workflows.notation;

import org.jspecify.annotations.NullMarked;
