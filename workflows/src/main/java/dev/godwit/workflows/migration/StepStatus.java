package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlannedStep;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A step of the plan and what became of it.
 *
 * @param startedAt when its last try began, after a decision to try again
 * @param attempts how many attempts the last act took; 0 before the first ended
 * @param note what the step found and did, or why it failed
 * @param failure the type of the last failure, a name of {@link dev.godwit.workflows.step.FailureType}; null if the
 *     last act did not fail, or in a way that has no name
 */
public record StepStatus(
        PlannedStep planned,
        StepState state,
        int attempts,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable String note,
        @Nullable String failure) {
    /** A step that has not begun. */
    public static StepStatus pending(PlannedStep planned) {
        return new StepStatus(planned, StepState.PENDING, 0, null, null, null, null);
    }

    /** The step's id. */
    public String id() {
        return planned.id();
    }

    StepStatus begun(StepState now, Instant at) {
        // The time in which a failed step waited for a person is none of its own.
        Instant began = startedAt == null || state == StepState.FAILED ? at : startedAt;
        return new StepStatus(planned, now, attempts, began, null, note, failure);
    }

    StepStatus ended(StepState now, Instant at, int attempt, @Nullable String words) {
        return new StepStatus(planned, now, attempt, startedAt, at, words, null);
    }

    StepStatus failed(StepState now, Instant at, Failure why) {
        return new StepStatus(planned, now, why.attempts(), startedAt, at, why.message(), why.type());
    }

    /** How long it took; null unless it is done. */
    @Nullable
    Duration took() {
        return state == StepState.DONE && startedAt != null && endedAt != null
                ? Duration.between(startedAt, endedAt)
                : null;
    }

    String failureWords() {
        return new Failure(failure, String.valueOf(note), attempts).words();
    }
}
