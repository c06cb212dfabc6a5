package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.Step;

/** Asks for the before-image of a step. */
public record Look<S extends Step>(MigrationContext migration, String stepId, S step) {}
