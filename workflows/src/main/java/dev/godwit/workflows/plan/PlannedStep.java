package dev.godwit.workflows.plan;

import java.time.Duration;

/**
 * A step at its place in a plan.
 *
 * @param id unique in the plan and stable: the name that people use, such as {@code serve-page} or
 *     {@code copy-database-final-shop}
 * @param pivot whether this is the point of no return
 * @param estimate how long it will take, from what the preflight measured; zero if it is too short to say
 */
public record PlannedStep(String id, Phase phase, Step step, boolean pivot, Duration estimate) {
    /** Whether a hook in a phase that names its neighbour means this step: by its id or by its kind. */
    boolean isNamed(Phase inPhase, String anchor) {
        return phase == inPhase && (id.equals(anchor) || StepKind.of(step).equals(anchor));
    }
}
