package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.plan.Step.CopyDatabase;
import dev.godwit.workflows.plan.Step.Pass;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What visitors will notice, as far as it is known by now. Pure. */
final class Prediction {
    private Prediction() {}

    /**
     * The time during which neither side serves, from the maintenance page to the pivot: what the first copy of a
     * database took is what the last one will take; the rest is as the plan estimates it.
     */
    static Duration outage(List<StepStatus> steps) {
        Duration sum = Duration.ZERO;
        boolean inOutage = false;
        for (StepStatus status : steps) {
            Step step = status.planned().step();
            inOutage |= step instanceof Step.ServePage;
            if (inOutage) {
                Duration measured = step instanceof CopyDatabase copy ? firstCopyOf(copy, steps) : null;
                sum = sum.plus(measured == null ? status.planned().estimate() : measured);
            }
            if (status.planned().pivot()) {
                break;
            }
        }
        return sum;
    }

    private static @Nullable Duration firstCopyOf(CopyDatabase last, List<StepStatus> steps) {
        return steps.stream()
                .filter(status -> status.planned().step() instanceof CopyDatabase copy
                        && copy.pass() == Pass.FIRST
                        && copy.database().equals(last.database()))
                .flatMap(status -> Stream.ofNullable(status.took()))
                .findFirst()
                .orElse(null);
    }
}
