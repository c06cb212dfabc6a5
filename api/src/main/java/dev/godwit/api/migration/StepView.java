package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.migration.StepState;
import dev.godwit.workflows.migration.StepStatus;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A step of the plan and what became of it. */
public record StepView(
        @Doc("Unique in the plan: the name that people use") String id,
        Phase phase,

        @Doc("The number of its stage, from 1: steps of one stage run at the same time")
        int stage,

        @Doc("The server on which it acts; left out if it acts on both or on neither") @Nullable
        Side host,

        @Doc("What it does") String does,

        @Doc("How it is taken back; left out if there is nothing to take back") @Nullable
        String undo,

        Reversibility reversibility,
        @Doc("Whether a person may skip it when it fails") boolean skippable,

        @Doc("How long it was expected to take; 0s if too short to say")
        Duration estimate,

        @Doc("Whether this is the point of no return") boolean pivot,
        StepState state,

        @Doc("How many attempts its last act took; 0 before the first ended")
        int attempts,

        @Nullable Instant startedAt,
        @Nullable Instant endedAt,

        @Doc("What it found and did, or why it failed") @Nullable
        String note,

        @Doc("The type of its last failure, for the runbook's table; left out if its last act did not fail") @Nullable
        String failure,

        @Doc("What is being done for it right now") @Nullable
        ActivityView activity) {
    static List<StepView> of(List<StepStatus> steps) {
        List<PlanStepView> planned =
                PlanStepView.of(steps.stream().map(StepStatus::planned).toList());
        return IntStream.range(0, steps.size())
                .mapToObj(index -> of(planned.get(index), steps.get(index)))
                .toList();
    }

    private static StepView of(PlanStepView planned, StepStatus status) {
        return new StepView(
                planned.id(),
                planned.phase(),
                planned.stage(),
                planned.host(),
                planned.does(),
                planned.undo(),
                planned.reversibility(),
                planned.skippable(),
                planned.estimate(),
                planned.pivot(),
                status.state(),
                status.attempts(),
                status.startedAt(),
                status.endedAt(),
                status.note(),
                status.failure(),
                null);
    }

    /** Whether something is being done for it. */
    boolean isAtWork() {
        return state == StepState.RUNNING || state == StepState.UNDOING;
    }

    StepView with(ActivityView now) {
        return new StepView(
                id,
                phase,
                stage,
                host,
                does,
                undo,
                reversibility,
                skippable,
                estimate,
                pivot,
                state,
                attempts,
                startedAt,
                endedAt,
                note,
                failure,
                now);
    }
}
