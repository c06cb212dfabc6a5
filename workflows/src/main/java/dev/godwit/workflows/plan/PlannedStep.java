package dev.godwit.workflows.plan;

import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Step;
import java.time.Duration;

/**
 * A step at its place in a plan.
 *
 * @param id unique in the plan and stable: the name that people use, such as {@code serve-page} or
 *     {@code copy-database-final-shop}
 * @param stage the number of its stage, from 1
 * @param estimate how long it will take, from what the preflight measured; zero if it is too short to say
 */
public record PlannedStep(String id, Phase phase, int stage, Step step, Duration estimate) {
    /** Whether this is the point of no return. */
    public boolean isPivot() {
        return step.effect() == Effect.PIVOT;
    }
}
