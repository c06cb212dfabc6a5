package dev.godwit.workflows.link;

import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.MigrationContext;

/** Asks whether a server can be logged in to. */
public record Reach(MigrationContext migration, Side side) {}
