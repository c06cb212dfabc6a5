package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step;

/** Asks to take a step back to its before-image. It tolerates that the step never happened, or only in part. */
public record Undo<S extends Step>(MigrationContext migration, String stepId, S step, BeforeImage before) {}
