package dev.godwit.workflows.migration;

import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of a migration, at any moment of its life and after it.
 *
 * @param serving who answers visitors
 * @param pastPivot whether the point of no return has been passed
 * @param planHash null until the plan is made
 * @param waiting what it waits for; null if it is at work or over
 * @param paused whether a person asked it to pause before the next step
 * @param outage how long neither side served, as Godwit measured it; null before it is over
 * @param predictedOutage from the plan's estimates and the first copy; null until there is a plan
 * @param end null while it runs
 * @param endReason why it was rolled back; null otherwise
 * @param revision grows with every change, so that a watcher sees whether anything is new
 */
public record MigrationStatus(
        String id,
        String service,
        Instant startedAt,
        Phase phase,
        Serving serving,
        boolean pastPivot,
        @Nullable String planHash,
        List<Finding> findings,
        List<StepStatus> steps,
        @Nullable Waiting waiting,
        boolean paused,
        boolean undoing,
        @Nullable Duration outage,
        @Nullable Duration predictedOutage,
        @Nullable End end,
        @Nullable Instant endedAt,
        @Nullable String endReason,
        long revision) {
    public MigrationStatus {
        findings = List.copyOf(findings);
        steps = List.copyOf(steps);
    }
}
