package dev.godwit.workflows.activity;

import io.temporal.activity.ActivityInterface;

/** Looks at both servers: ssh, privilege, system, clock, disk, tools, units, crontabs, folders (seed 004). */
@ActivityInterface(namePrefix = "Server.")
public interface ServerInspection {
    Inspection inspectServers(Inspect request);
}
