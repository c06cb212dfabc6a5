package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step;

/** Asks to carry out a step. A second call that finds the work done changes nothing. */
public record Act<S extends Step>(MigrationContext migration, String stepId, S step, BeforeImage before) {}
