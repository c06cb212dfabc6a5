/** The document that describes one migration, and how it is read. */
@NullMarked
package dev.godwit.workflows.spec;

import org.jspecify.annotations.NullMarked;
