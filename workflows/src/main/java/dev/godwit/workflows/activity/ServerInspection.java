package dev.godwit.workflows.activity;

import io.temporal.activity.ActivityInterface;
import java.util.Set;

/** Looks at both servers: ssh, privilege, system, clock, disk, tools, units, crontabs, folders (seed 004). */
@ActivityInterface(namePrefix = "Server.")
public interface ServerInspection {
    /** The codes of findings after which no other system can be asked: nobody can log in. */
    Set<String> NO_LOGIN =
            Set.of("host-unreachable", "host-key-changed", "login-refused", "secret-unavailable", "command-failed");

    Inspection inspectServers(Inspect request);
}
