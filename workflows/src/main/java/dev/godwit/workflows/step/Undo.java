package dev.godwit.workflows.step;

/** Asks to take a step back to its before-image. It tolerates that the step never happened, or only in part. */
public record Undo<S extends Step>(MigrationContext migration, String stepId, S step, BeforeImage before) {}
