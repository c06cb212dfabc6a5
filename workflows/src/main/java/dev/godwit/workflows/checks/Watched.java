package dev.godwit.workflows.checks;

import dev.godwit.workflows.step.MigrationContext;
import java.util.List;

/** The service that is watched on the target. */
public record Watched(MigrationContext migration, List<HttpCheck> checks) {
    public Watched {
        checks = List.copyOf(checks);
    }
}
