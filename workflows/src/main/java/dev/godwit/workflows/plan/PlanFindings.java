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
        hooks(spec, plan, findings);
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

    /** What a hook does and how long it takes, only its author knows; where it stands, the plan shows. */
    private static void hooks(Spec spec, Plan plan, Findings findings) {
        List<PlannedStep> outage = plan.outage();
        int page = plan.steps().indexOf(outage.getFirst());
        for (PlannedStep planned : plan.steps()) {
            if (!(planned.step() instanceof RunHook hook)) {
                continue;
            }
            if (hook.means() == Hook.Effect.STOPS_SOURCE && plan.steps().indexOf(planned) < page) {
                findings.at("/hooks")
                        .blocker(
                                "hook-stops-source",
                                "Expected " + planned.id() + ", which stops the source, behind the page, but it stands"
                                        + " before " + outage.getFirst().id() + ": visitors would meet errors",
                                "write 'phase: CUTOVER' and 'after: "
                                        + outage.getFirst().id() + "'");
            }
            if (spec.budget().outage() != null && outage.contains(planned)) {
                findings.at("/budget/outage")
                        .warning(
                                "hook-outage",
                                "Expected to predict the outage, but how long " + planned.id()
                                        + " takes is not known: up to " + Durations.format(hook.timeout())
                                        + " by its limit. The prediction leaves it out",
                                "give the hook the shortest 'timeout' that it needs, and add it to the prediction");
            }
        }
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
