package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.workflows.migration.StepState;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.spec.SpecReader;
import dev.godwit.workflows.step.Finding;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/** Steers one migration of a spec of the test's own through the API, without a word on the terminal. */
final class Operator {
    private static final Duration STRETCH = Duration.ofMinutes(8);

    private final GodwitApi api;
    private final PlanView plan;
    private final String id;

    /** Older views are of a wait that a decision has ended: a feed begins with the last one that it knows. */
    private long since;

    private Operator(GodwitApi api, PlanView plan, String id) {
        this.api = api;
        this.plan = plan;
        this.id = id;
    }

    /** Plans and starts. */
    static Operator start(GodwitApi api, String yaml) throws IOException, InterruptedException {
        PlanView plan = api.plan(yaml);
        if (!plan.startable()) {
            throw new AssertionError("Expected a plan that can start, but found "
                    + plan.findings().stream()
                            .filter(finding -> finding.severity() == Finding.Severity.BLOCKER)
                            .toList());
        }
        MigrationView started = api.start(
                SpecReader.tree(yaml, SpecReader.Format.YAML),
                plan.plan(),
                UUID.randomUUID().toString(),
                "a test moves the shop");
        return new Operator(api, plan, started.id());
    }

    String id() {
        return id;
    }

    List<Finding> findings() {
        return plan.findings();
    }

    MigrationView awaitGate() throws IOException, InterruptedException {
        return follow(view -> Mover.waitsFor(view, Waiting.For.APPROVAL));
    }

    /** Waits for the gate and opens it. */
    void approve() throws IOException, InterruptedException {
        awaitGate();
        api.approve(id, plan.plan(), "looks right");
    }

    /** Waits until it asks about a step that failed. */
    MigrationView awaitDecision() throws IOException, InterruptedException {
        return follow(view -> Mover.waitsFor(view, Waiting.For.DECISION));
    }

    void decide(String step, String choice) throws IOException, InterruptedException {
        since = api.decide(id, step, choice, "a test says so").revision();
    }

    MigrationView awaitSoak() throws IOException, InterruptedException {
        return follow(view ->
                view.steps().stream().anyMatch(step -> step.id().equals("soak") && step.state() == StepState.WAITING));
    }

    void finish() throws IOException, InterruptedException {
        api.finish(id, "all well");
    }

    MigrationView rollBack(boolean acceptLoss) throws IOException, InterruptedException {
        api.rollBack(id, acceptLoss, "a test goes back");
        return ended();
    }

    MigrationView ended() throws IOException, InterruptedException {
        return follow(view -> view.outcome() != null);
    }

    /** Waits for the end of one that asks for a decision which nobody makes. */
    MigrationView awaitEnd() throws IOException, InterruptedException {
        return api.follow(id, STRETCH, each -> {}, each -> each.outcome() != null);
    }

    /** Waits, and fails as soon as it has ended or asks something where neither was waited for. */
    private MigrationView follow(Predicate<MigrationView> condition) throws IOException, InterruptedException {
        MigrationView view = api.follow(
                id,
                STRETCH,
                each -> {},
                each -> each.revision() >= since
                        && (condition.test(each)
                                || each.outcome() != null
                                || Mover.waitsFor(each, Waiting.For.DECISION)));
        if (!condition.test(view)) {
            throw new AssertionError("Expected another state, but found the outcome " + view.outcome() + " ("
                    + view.endReason() + "), waiting for " + view.waiting());
        }
        return view;
    }
}
