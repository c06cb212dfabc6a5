package dev.godwit.workflows.database;

import dev.godwit.workflows.step.MigrationContext;
import java.util.List;

/** Asks what a rollback after the pivot would lose. */
public record LossQuestion(MigrationContext migration, List<DatabaseSpec> databases) {
    public LossQuestion {
        databases = List.copyOf(databases);
    }
}
