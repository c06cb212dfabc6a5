package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlannedStep;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A step of the plan and what became of it.
 *
 * @param attempts how many attempts the last act took; 0 before the first ended
 * @param note what the step found and did, or why it failed
 */
public record StepStatus(
        PlannedStep planned,
        StepState state,
        int attempts,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable String note) {
    /** A step that has not begun. */
    public static StepStatus pending(PlannedStep planned) {
        return new StepStatus(planned, StepState.PENDING, 0, null, null, null);
    }

    /** The step's id. */
    public String id() {
        return planned.id();
    }

    StepStatus begun(StepState now, Instant at) {
        return new StepStatus(planned, now, attempts, startedAt == null ? at : startedAt, null, note);
    }

    StepStatus ended(StepState now, Instant at, int attempt, @Nullable String words) {
        return new StepStatus(planned, now, attempt, startedAt, at, words);
    }
}
