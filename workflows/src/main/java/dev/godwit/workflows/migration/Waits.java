package dev.godwit.workflows.migration;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.spec.Budget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a migration waits for, in the words that people read. Pure. */
final class Waits {
    private Waits() {}

    static Waiting resume(PlannedStep next) {
        return new Waiting(Waiting.For.RESUME, next.id(), "paused before " + next.id(), null, List.of());
    }

    static Waiting approval(PlannedStep gate, MigrationStatus status) {
        return new Waiting(
                Waiting.For.APPROVAL,
                gate.id(),
                "an approval of the plan " + status.planHash()
                        + (status.predictedOutage() == null
                                ? ""
                                : "; predicted outage " + Durations.format(status.predictedOutage())),
                null,
                List.of());
    }

    static Waiting ttl(PlannedStep gate, Duration observed, Instant until) {
        return new Waiting(
                Waiting.For.TIME,
                gate.id(),
                "until no resolver remembers the old TTL of " + Durations.format(observed),
                until,
                List.of(Choice.SKIP));
    }

    static Waiting soak(PlannedStep planned, Instant until) {
        return new Waiting(Waiting.For.TIME, planned.id(), "the soak, or somebody who says finish", until, List.of());
    }

    static Waiting decision(PlannedStep planned, Failure why, List<Choice> choices, @Nullable Instant until) {
        return new Waiting(Waiting.For.DECISION, planned.id(), failed(planned, why), until, choices);
    }

    /** @param failed the steps that could not be taken back, newest first */
    static Waiting undo(List<StepStatus> failed, List<Choice> choices) {
        return new Waiting(
                Waiting.For.DECISION,
                failed.getFirst().id(),
                failed.stream()
                                .map(step -> "the undo of " + step.id() + " failed: " + step.failureWords())
                                .collect(Collectors.joining("; "))
                        + "; mend it and say retry"
                        + (choices.contains(Choice.SKIP) ? ", or skip to leave it as it is" : ""),
                null,
                choices);
    }

    static String failed(PlannedStep planned, Failure why) {
        return planned.id() + " failed: " + why.words();
    }

    static String nobodyDecided(PlannedStep planned, Failure why, Budget budget) {
        return planned.id() + " failed and nobody decided within " + Durations.format(budget.decision()) + ": "
                + why.words();
    }

    static String overBudget(Duration budget, Duration predicted) {
        return "Expected an outage of at most " + Durations.format(budget)
                + ", but the prediction, from the first copies"
                + " and the rehearsal, is " + Durations.format(predicted)
                + "; roll back, make the databases smaller or raise budget.outage in the spec, and start again";
    }

    static String ids(List<PlannedStep> steps) {
        return steps.stream().map(PlannedStep::id).collect(Collectors.joining(", "));
    }
}
