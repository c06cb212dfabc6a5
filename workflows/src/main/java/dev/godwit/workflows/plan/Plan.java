package dev.godwit.workflows.plan;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * The steps that will run, in order. What a person reviews is what runs: it is recorded when it is made, approved by
 * its hash, and never made again behind anyone's back.
 *
 * @param hash SHA-256 over spec and steps without their estimates, in hexadecimal
 */
public record Plan(String hash, List<PlannedStep> steps) {
    public Plan {
        steps = List.copyOf(steps);
    }

    /** The index of the pivot in the list of steps. */
    public int pivot() {
        for (int index = 0; index < steps.size(); index++) {
            if (steps.get(index).pivot()) {
                return index;
            }
        }
        throw new IllegalStateException("Expected a plan with a pivot, but found none; this is a bug of the planner");
    }

    /**
     * The time during which neither side serves: the steps from the maintenance page to the pivot.
     *
     * @param duration how long a step takes
     */
    public Duration outage(Function<PlannedStep, Duration> duration) {
        return steps.subList(0, pivot() + 1).stream()
                .dropWhile(planned -> Effect.of(planned.step()) != Effect.PAGE)
                .map(duration)
                .reduce(Duration.ZERO, Duration::plus);
    }
}
