package dev.godwit.workflows.inspection;

import dev.godwit.workflows.spec.Spec;

/** Asks for a read-only look at both servers. */
public record InspectServers(Spec spec) {}
