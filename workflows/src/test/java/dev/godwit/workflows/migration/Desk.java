package dev.godwit.workflows.migration;

import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.spec.Spec;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/** The desk of somebody who starts a migration, watches it and speaks to it. */
final class Desk implements AutoCloseable {
    /** Between two looks at the status, where time is skipped: shorter than the heartbeat time-out of a call that is held up. */
    private static final Duration PACE = Duration.ofSeconds(2);
    /** The same while a call is held up: then no time is skipped. */
    private static final Duration REAL_PACE = Duration.ofMillis(50);

    final RecordingHands hands = new RecordingHands();
    private final TestEngine engine = new TestEngine(hands);
    final MigrationWorkflow migration = engine.migration("shop.example.org");

    /** Starts a migration that asks nobody before its cutover. */
    WorkflowStub start() {
        return start(Specs.shop(Gates.Cutover.NONE));
    }

    WorkflowStub start(Spec spec) {
        WorkflowClient.start(
                migration::migrate, new MigrationRequest("shop-1", spec, null, "ann", "old server is old"));
        return WorkflowStub.fromTyped(migration);
    }

    static MigrationStatus end(WorkflowStub started) {
        return started.getResult(MigrationStatus.class);
    }

    static String hash(Spec spec) {
        return Planner.plan(spec, Specs.facts()).hash();
    }

    void decide(Choice choice) {
        Waiting waiting = waiting();
        engine.say(() -> migration.decide(new Command.Decide("ann", "looked at it", waiting.step(), choice)));
    }

    void rollBack(boolean acceptLoss) {
        engine.say(() -> migration.rollBack(new Command.RollBack("ann", "enough", acceptLoss)));
    }

    Waiting waiting() {
        return Objects.requireNonNull(migration.status().waiting());
    }

    /** Waits until somebody is asked about a step. */
    Waiting awaitDecision(String step) {
        awaitStatus(status -> status.waiting() != null
                && status.waiting().what() == Waiting.For.DECISION
                && status.waiting().step().equals(step));
        return waiting();
    }

    /** Waits until somebody is asked about what could not be taken back. */
    Waiting awaitUndoDecision() {
        awaitStatus(status ->
                status.undoing() && status.waiting() != null && status.waiting().what() == Waiting.For.DECISION);
        return waiting();
    }

    /** Waits until something has been asked of the hands. */
    void awaitCall(String call) {
        awaitStatus(status -> hands.attempts(call) > 0);
    }

    void awaitStatus(Predicate<MigrationStatus> condition) {
        for (int look = 0; look < 2_000; look++) {
            if (condition.test(migration.status())) {
                return;
            }
            sleep(hands.areHeldUp() ? REAL_PACE : PACE);
        }
        throw new AssertionError("Expected another status than " + migration.status());
    }

    void sleep(Duration time) {
        engine.environment().sleep(time);
    }

    static StepState state(MigrationStatus status, String step) {
        return status.steps().stream()
                .filter(one -> one.id().equals(step))
                .findFirst()
                .orElseThrow()
                .state();
    }

    @Override
    public void close() {
        engine.close();
    }
}
