package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.plan.Planner;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Records one history for each way of ending that a real move seldom shows. It runs once for a version, when told where
 * to write: {@code -Dgodwit.record.to=FOLDER -Dgodwit.record.version=0.1.0}. Recorded histories are never made again.
 */
@EnabledIfSystemProperty(named = "godwit.record.to", matches = ".+")
class HistoryRecorder {
    private final RecordingHands hands = new RecordingHands();
    private final TestEngine engine = new TestEngine(hands);

    @Test
    void shouldRecordBlockedByThePreflight() throws Exception {
        hands.find(Finding.blocker("disk-space", "target", "Expected 10 GB, but found 1 GB", "make room"));
        record("blocked-by-the-preflight", migration -> {});
    }

    @Test
    void shouldRecordRolledBackAtTheGate() throws Exception {
        record("rolled-back-at-the-gate", migration -> {
            awaitWait(migration, Waiting.For.APPROVAL);
            migration.rollBack(new Command.RollBack("ann", "not today", false));
        });
    }

    @Test
    void shouldRecordRolledBackByTheBudget() throws Exception {
        hands.failForGood("act verify-database-shop");
        record("rolled-back-by-the-budget", this::approve);
    }

    @Test
    void shouldRecordRolledBackAfterThePivotWithAcceptedLoss() throws Exception {
        hands.failForGood("act point-dns");
        record("rolled-back-after-the-pivot", migration -> {
            approve(migration);
            awaitWait(migration, Waiting.For.DECISION);
            migration.rollBack(new Command.RollBack("ann", "slow", true));
        });
    }

    @Test
    void shouldRecordUndoFailedAndSkipped() throws Exception {
        hands.failForGood("act copy-database-first-shop");
        hands.failForGood("undo link-hosts");
        record("undo-failed-and-skipped", migration -> {
            awaitWait(migration, Waiting.For.DECISION);
            migration.decide(new Command.Decide("ann", "enough", "copy-database-first-shop", Choice.ROLL_BACK));
            await(migration, status -> status.undoing() && status.waiting() != null);
            migration.decide(new Command.Decide("ann", "by hand", "link-hosts", Choice.SKIP));
        });
    }

    @Test
    void shouldRecordUndoFailedAndPutBackByAnOlderOne() throws Exception {
        hands.failForGood("act point-dns");
        hands.failForGood("undo forward-requests");
        record("undo-failed-and-put-back-by-an-older-one", migration -> {
            approve(migration);
            awaitWait(migration, Waiting.For.DECISION);
            migration.rollBack(new Command.RollBack("ann", "slow", true));
        });
    }

    @Test
    void shouldRecordFinishedByAPerson() throws Exception {
        record("finished-by-a-person", migration -> {
            approve(migration);
            await(migration, status -> hands.attempts("act soak") > 0);
            migration.finish(new Command.Finish("ann", "all well"));
        });
    }

    @Test
    void shouldRecordCancelledInTemporal() throws Exception {
        record("cancelled-in-temporal", migration -> {
            awaitWait(migration, Waiting.For.APPROVAL);
            WorkflowStub.fromTyped(migration).cancel("by hand");
        });
    }

    private interface Person {
        void steer(MigrationWorkflow migration);
    }

    private void record(String way, Person person) throws IOException {
        try (engine) {
            MigrationWorkflow migration = engine.migration("shop.example.org");
            WorkflowClient.start(
                    migration::migrate, new MigrationRequest("shop-1", Specs.shop(), null, "ann", "old server is old"));
            person.steer(migration);
            await(migration, status -> status.end() != null);
            String history = engine.environment()
                    .getWorkflowClient()
                    .fetchHistory(MigrationWorkflow.workflowId("shop.example.org"))
                    .toJson(true);
            Files.writeString(
                    Path.of(System.getProperty("godwit.record.to"))
                            .resolve(System.getProperty("godwit.record.version") + "-" + way + ".json"),
                    history);
        }
    }

    private void approve(MigrationWorkflow migration) {
        awaitWait(migration, Waiting.For.APPROVAL);
        String hash = Planner.plan(Specs.shop(), Specs.facts()).hash();
        migration.approve(new Command.Approve("ann", "go", hash));
    }

    private void awaitWait(MigrationWorkflow migration, Waiting.For what) {
        await(migration, status -> status.waiting() != null && status.waiting().what() == what);
    }

    private void await(MigrationWorkflow migration, Predicate<MigrationStatus> condition) {
        while (!condition.test(migration.status())) {
            engine.environment().sleep(Duration.ofSeconds(5));
        }
    }
}
