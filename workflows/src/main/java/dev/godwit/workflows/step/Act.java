package dev.godwit.workflows.step;

/** Asks to carry out a step. A second call that finds the work done changes nothing. */
public record Act<S extends Step>(MigrationContext migration, String stepId, S step, BeforeImage before) {}
