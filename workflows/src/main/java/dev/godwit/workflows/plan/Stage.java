package dev.godwit.workflows.plan;

import dev.godwit.workflows.step.Phase;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Steps of a plan that run at the same time. Most stages have one. */
public record Stage(List<PlannedStep> steps) {
    public Stage {
        steps = List.copyOf(steps);
    }

    /** Its number in the plan, from 1. */
    public int number() {
        return steps.getFirst().stage();
    }

    public Phase phase() {
        return steps.getFirst().phase();
    }

    /** Whether the pivot is in it. */
    public boolean isPivot() {
        return steps.stream().anyMatch(PlannedStep::isPivot);
    }

    /**
     * How long it takes: as long as its longest step.
     *
     * @param duration how long a step takes
     */
    public Duration duration(Function<PlannedStep, Duration> duration) {
        return steps.stream().map(duration).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }
}
