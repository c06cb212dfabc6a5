package dev.godwit.workflows.migration;

import io.temporal.workflow.Workflow;
import java.time.Instant;

/** The workflow's own clock: the same in every replay. */
final class Moment {
    private Moment() {}

    static Instant now() {
        return Instant.ofEpochMilli(Workflow.currentTimeMillis());
    }
}
