/** The one JSON of Godwit, and the names of what it writes. */
@NullMarked
package dev.godwit.workflows.json;

import org.jspecify.annotations.NullMarked;
