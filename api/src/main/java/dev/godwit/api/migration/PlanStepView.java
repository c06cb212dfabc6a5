package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Phase;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A step of a plan, as a person reviews it. */
public record PlanStepView(
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

        @Doc("How long it will take, from what the preflight measured; 0s if too short to say")
        Duration estimate,

        @Doc("Whether this is the point of no return") boolean pivot) {
    static List<PlanStepView> of(List<PlannedStep> steps) {
        int pivot = IntStream.range(0, steps.size())
                .filter(index -> steps.get(index).isPivot())
                .findFirst()
                .orElse(steps.size());
        return IntStream.range(0, steps.size())
                .mapToObj(index -> of(steps.get(index), index < pivot))
                .toList();
    }

    private static PlanStepView of(PlannedStep planned, boolean beforePivot) {
        return new PlanStepView(
                planned.id(),
                planned.phase(),
                planned.stage(),
                planned.step().on(),
                planned.step().does(),
                planned.step().undo(),
                beforePivot ? Reversibility.REVERSIBLE_UNTIL_PIVOT : Reversibility.IRREVERSIBLE,
                planned.step().skippable(),
                planned.estimate(),
                planned.isPivot());
    }
}
