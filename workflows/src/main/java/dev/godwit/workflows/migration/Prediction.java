package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.Step.CopyDatabase;
import dev.godwit.workflows.plan.Step.Pass;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/** What visitors will notice, as far as it is known by now. Pure. */
final class Prediction {
    private Prediction() {}

    /**
     * The time during which neither side serves: what the first copy of a database took is what the last one will take;
     * the rest is as the plan estimates it.
     */
    static Duration outage(Plan plan, Collection<StepStatus> steps) {
        return plan.outage(planned -> planned.step() instanceof CopyDatabase copy
                ? firstCopyOf(copy, steps).orElse(planned.estimate())
                : planned.estimate());
    }

    private static Optional<Duration> firstCopyOf(CopyDatabase last, Collection<StepStatus> steps) {
        return steps.stream()
                .filter(status -> status.planned().step() instanceof CopyDatabase copy
                        && copy.pass() == Pass.FIRST
                        && copy.database().equals(last.database()))
                .flatMap(status -> Stream.ofNullable(status.took()))
                .findFirst();
    }
}
