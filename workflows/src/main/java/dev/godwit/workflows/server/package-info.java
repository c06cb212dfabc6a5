/** The two servers of a migration, as a spec names them. */
@NullMarked
package dev.godwit.workflows.server;

import org.jspecify.annotations.NullMarked;
