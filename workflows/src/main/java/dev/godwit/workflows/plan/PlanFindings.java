package dev.godwit.workflows.plan;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.hooks.HookStep.RunHook;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Findings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What only the finished plan shows to be wrong or worth knowing. Pure. */
public final class PlanFindings {
    private PlanFindings() {}

    /** Looks at a plan beside the spec that it was made from. */
    public static List<Finding> of(Spec spec, Plan plan) {
        Findings findings = new Findings();
        for (int number = 0; number < spec.hooks().size(); number++) {
            unplaced(spec.hooks().get(number), "/hooks/" + number, plan, findings);
        }
        rehearsal(spec, findings);
        outage(spec, plan, findings);
        return findings.all();
    }

    /** A hook that names a step which this plan lacks would run at another moment than its author meant. */
    private static void unplaced(Hook hook, String where, Plan plan, Findings findings) {
        Stream.of(hook.before(), hook.after())
                .filter(Objects::nonNull)
                .filter(anchor -> plan.steps().stream()
                        .noneMatch(step ->
                                step.phase() == hook.phase() && step.id().equals(anchor)))
                .forEach(anchor -> findings.at(where)
                        .blocker(
                                "hook-place",
                                "Expected a step " + anchor + " in phase " + hook.phase()
                                        + ", but this plan has none there",
                                "name one of "
                                        + plan.steps().stream()
                                                .filter(step -> step.phase() == hook.phase()
                                                        && !(step.step() instanceof RunHook))
                                                .map(PlannedStep::id)
                                                .collect(Collectors.joining(", "))
                                        + "; or neither, then it runs at the end of the phase"));
    }

    /** What waits in a queue of the service's database is worked off by whoever starts on a copy of it. */
    private static void rehearsal(Spec spec, Findings findings) {
        if (spec.rehearsal() == null && !spec.units().isEmpty()) {
            findings.at("/rehearsal")
                    .warning(
                            "rehearsal",
                            "The rehearsal starts " + Words.list(spec.units())
                                    + " on the target, on a real copy of the data: what"
                                    + " the service sends by itself, such as mail from a queue, it may send from there, too",
                            "write 'rehearsal: { environment: [MAIL_DELIVERY=off] }' with what keeps it in, 'rehearsal: { start:"
                                    + " true }' if nothing goes out, or 'rehearsal: { start: false }' to leave it out");
        }
    }

    private static void outage(Spec spec, Plan plan, Findings findings) {
        Duration budget = spec.budget().outage();
        Duration predicted = plan.outage(PlannedStep::estimate);
        if (budget != null && predicted.compareTo(budget) > 0) {
            findings.at("/budget/outage")
                    .warning(
                            "outage-budget",
                            "Expected an outage of at most " + Durations.format(budget) + ", but the prediction is "
                                    + Durations.format(predicted),
                            "the databases are copied once more while the page is up: make them smaller, move at a quiet hour, or"
                                    + " raise the budget");
        }
    }
}
