package dev.godwit.workflows.database;

import dev.godwit.workflows.server.HostSpec;
import java.util.List;

/** Asks for a read-only look at the databases on both servers. */
public record InspectDatabases(HostSpec source, HostSpec target, List<DatabaseSpec> databases) {
    public InspectDatabases {
        databases = List.copyOf(databases);
    }
}
