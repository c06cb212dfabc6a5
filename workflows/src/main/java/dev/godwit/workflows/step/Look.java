package dev.godwit.workflows.step;

/** Asks for the before-image of a step. */
public record Look<S extends Step>(MigrationContext migration, String stepId, S step) {}
