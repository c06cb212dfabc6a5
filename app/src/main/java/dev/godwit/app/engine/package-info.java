/** The Temporal service behind Godwit: one of its own, or a cluster that exists already. */
@NullMarked
package dev.godwit.app.engine;

import org.jspecify.annotations.NullMarked;
