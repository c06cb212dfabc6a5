package dev.godwit.workflows.checks;

import dev.godwit.workflows.server.HostSpec;
import java.util.List;

/** Asks the checks of the source as it is now. */
public record InspectChecks(String service, HostSpec source, List<HttpCheck> checks) {
    public InspectChecks {
        checks = List.copyOf(checks);
    }
}
