package dev.godwit.workflows.database;

import dev.godwit.workflows.step.BeforeImage;
import java.util.List;

/** What of a database and its roles the target had. */
public record TargetDatabase(boolean existed, List<String> roles) implements BeforeImage {
    public TargetDatabase {
        roles = List.copyOf(roles);
    }
}
