package dev.godwit.workflows.migration;

import dev.godwit.workflows.database.DatabaseStep.CopyDatabase;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.units.UnitStep.StartUnits;
import dev.godwit.workflows.units.UnitStep.StopUnits;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What visitors will notice, as far as it is known by now. Pure. */
final class Prediction {
    private Prediction() {}

    /**
     * The time during which neither side serves: what the first copy of a database took is what the last one will take,
     * and the service starts and stops as it did in the rehearsal; the rest is as the plan estimates it.
     */
    static Duration outage(Plan plan, Collection<StepStatus> steps) {
        return plan.outage(planned -> rehearsed(planned.step(), steps).orElse(planned.estimate()));
    }

    private static Optional<Duration> rehearsed(Step step, Collection<StepStatus> steps) {
        return switch (step) {
            case CopyDatabase last ->
                took(
                        steps,
                        done -> done instanceof CopyDatabase first
                                && first.pass() == Pass.FIRST
                                && first.database().equals(last.database()));
            case StartUnits last ->
                took(
                        steps,
                        done -> done instanceof StartUnits first
                                && !first.enable()
                                && first.units().equals(last.units()));
            case StopUnits last ->
                took(
                        steps,
                        done -> done instanceof StopUnits first
                                && !first.disable()
                                && first.units().equals(last.units()));
            default -> Optional.empty();
        };
    }

    private static Optional<Duration> took(Collection<StepStatus> steps, Predicate<Step> rehearsal) {
        return steps.stream()
                .filter(status -> rehearsal.test(status.planned().step()))
                .flatMap(status -> Stream.ofNullable(status.took()))
                .findFirst();
    }
}
