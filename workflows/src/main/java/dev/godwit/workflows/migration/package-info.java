/** The workflow of a migration: the interpreter, its gates, its undo and its status. */
@NullMarked
package dev.godwit.workflows.migration;

import org.jspecify.annotations.NullMarked;
