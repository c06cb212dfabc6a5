package dev.godwit.workflows.activity;

import dev.godwit.workflows.spec.DatabaseSpec;
import java.util.List;

/** Asks what a rollback after the pivot would lose. */
public record LossQuestion(MigrationContext migration, List<DatabaseSpec> databases) {
    public LossQuestion {
        databases = List.copyOf(databases);
    }
}
