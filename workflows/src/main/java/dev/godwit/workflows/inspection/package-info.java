/** The look at both servers that needs the whole spec. */
@NullMarked
package dev.godwit.workflows.inspection;

import org.jspecify.annotations.NullMarked;
