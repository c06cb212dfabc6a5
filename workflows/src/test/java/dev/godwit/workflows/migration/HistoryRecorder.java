package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Patience;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
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
            awaitUndoThatAsks(migration);
            migration.decide(new Command.Decide("ann", "by hand", "link-hosts", Choice.SKIP));
        });
    }

    @Test
    void shouldRecordUndoFailedAndPutBackByAnOlderOne() throws Exception {
        hands.failForGood("act check-target");
        hands.failForGood("undo start-service");
        record("undo-failed-and-put-back-by-an-older-one", this::approve);
    }

    @Test
    void shouldRecordUndoThatStopsOnceVisitorsHaveReachedTheTarget() throws Exception {
        hands.failForGood("act point-dns");
        hands.failForGood("undo start-jobs");
        record("undo-stopped-after-the-pivot", migration -> {
            approve(migration);
            awaitWait(migration, Waiting.For.DECISION);
            refused(() -> migration.rollBack(new Command.RollBack("ann", "slow", false)));
            migration.rollBack(new Command.RollBack("ann", "slow", true));
            awaitUndoThatAsks(migration);
            mendAndRetry(migration, "undo", "start-jobs");
        });
    }

    @Test
    void shouldRecordUndoThatStopsWhileThePageIsUp() throws Exception {
        hands.failForGood("act verify-database-shop");
        hands.failForGood("undo fence-database-shop");
        record("undo-stopped-while-the-page-is-up", migration -> {
            approve(migration);
            awaitUndoThatAsks(migration);
            mendAndRetry(migration, "undo", "fence-database-shop");
        });
    }

    @Test
    void shouldRecordFinishedAfterALateRetryOfTheSoak() throws Exception {
        hands.failForGood("act soak");
        record("finished-after-a-late-retry-of-the-soak", migration -> {
            approve(migration);
            awaitWait(migration, Waiting.For.DECISION);
            engine.environment().sleep(Specs.shop().soak().plusDays(1));
            mendAndRetry(migration, "act", "soak");
        });
    }

    @Test
    void shouldRecordRolledBackFromThePivotWithTheCopiesKept() throws Exception {
        hands.failForGood("act forward-requests");
        hands.targetServedBefore("undo forward-requests");
        record("rolled-back-from-the-pivot", this::approve);
    }

    @Test
    void shouldRecordRolledBackWhileAStepActs() throws Exception {
        var hangs = hands.hang("act copy-database-first-shop");
        record("rolled-back-while-a-step-acts", migration -> {
            hangs.await();
            migration.rollBack(new Command.RollBack("ann", "not today", false));
        });
    }

    @Test
    void shouldRecordAnotherPlanThanTheOneSeenBefore() throws Exception {
        record("world-changed", "0".repeat(64), migration -> {});
    }

    @Test
    void shouldRecordFinishedAfterPauseRetryAndSkip() throws Exception {
        hands.failForGood("act copy-files-first-uploads");
        hands.failForGood("act rehearse-compare");
        record("finished-after-pause-retry-and-skip", migration -> {
            awaitWait(migration, Waiting.For.DECISION);
            hands.mend("act copy-files-first-uploads");
            migration.pause(new Command.Pause("ann", "lunch"));
            migration.decide(new Command.Decide("ann", "made room", "copy-files-first-uploads", Choice.RETRY));
            awaitWait(migration, Waiting.For.RESUME);
            migration.resume(new Command.Resume("ann", "back"));
            awaitWait(migration, Waiting.For.DECISION);
            migration.decide(new Command.Decide("ann", "known", "rehearse-compare", Choice.SKIP));
            approve(migration);
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
    void shouldRecordFinishedByAPersonWhileItWatches() throws Exception {
        hands.hang("act soak");
        record("finished-by-a-person-while-it-watches", migration -> {
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

    @Test
    void shouldRecordThatThePreflightCouldNotLook() throws Exception {
        hands.failForGood("inspect servers");
        record("preflight-could-not-look", migration -> {});
    }

    @Test
    void shouldRecordRolledBackDuringThePreflight() throws Exception {
        var hold = hands.hold("inspect servers");
        record("rolled-back-during-the-preflight", migration -> {
            hold.awaitBegin();
            migration.rollBack(new Command.RollBack("ann", "wrong server", false));
            hold.letGo();
        });
    }

    @Test
    void shouldRecordRolledBackAndNotCleanedUp() throws Exception {
        hands.failForGood("act verify-database-shop");
        hands.failForGood("act clean-up");
        record("rolled-back-and-not-cleaned-up", this::approve);
    }

    @Test
    void shouldRecordRolledBackFromThePivotCertainAfterAll() throws Exception {
        hands.failForGood("act forward-requests");
        hands.fail("undo forward-requests", Patience.UNDO_AT_ONCE.attempts());
        record("rolled-back-from-the-pivot-certain-after-all", this::approve);
    }

    @Test
    void shouldRecordFinishedAfterAPauseWhileItLooks() throws Exception {
        var hold = hands.hold("look serve-page");
        record("finished-after-a-pause-while-it-looks", migration -> {
            approve(migration);
            hold.awaitBegin();
            migration.pause(new Command.Pause("ann", "lunch"));
            hold.letGo();
            awaitWait(migration, Waiting.For.RESUME);
            migration.resume(new Command.Resume("ann", "back"));
        });
    }

    @Test
    void shouldRecordFinishedAlthoughCancelledInTemporal() throws Exception {
        hands.failForGood("act point-dns");
        record("finished-although-cancelled-in-temporal", migration -> {
            approve(migration);
            awaitWait(migration, Waiting.For.DECISION);
            WorkflowStub.fromTyped(migration).cancel("by hand");
            while (migration.journal().stream().noneMatch(entry -> entry.event().equals("cancellation ignored"))) {
                engine.environment().sleep(Duration.ofSeconds(5));
            }
            mendAndRetry(migration, "act", "point-dns");
        });
    }

    private interface Person {
        void steer(MigrationWorkflow migration) throws InterruptedException;
    }

    private void record(String way, Person person) throws IOException, InterruptedException {
        record(way, null, person);
    }

    private void record(String way, @Nullable String planHash, Person person) throws IOException, InterruptedException {
        try (engine) {
            MigrationWorkflow migration = engine.migration("shop.example.org");
            WorkflowClient.start(
                    migration::migrate,
                    new MigrationRequest("shop-1", Specs.shop(), planHash, "ann", "old server is old"));
            person.steer(migration);
            await(migration, status -> status.end() != null);
            String history = engine.environment()
                    .getWorkflowClient()
                    .fetchHistory(MigrationWorkflow.workflowId("shop.example.org"))
                    .toJson(true)
                    // It names this machine.
                    .replaceAll("\"identity\": \"[^\"]*\"", "\"identity\": \"worker\"");
            Files.writeString(
                    Path.of(System.getProperty("godwit.record.to"))
                            .resolve(System.getProperty("godwit.record.version") + "-" + way + ".json"),
                    history);
        }
    }

    private static void refused(Runnable command) {
        try {
            command.run();
            throw new AssertionError("Expected a refusal, but found none");
        } catch (WorkflowUpdateException refusal) {
            // As expected: it is in the history.
        }
    }

    private void approve(MigrationWorkflow migration) {
        awaitWait(migration, Waiting.For.APPROVAL);
        String hash = Planner.plan(Specs.shop(), Specs.facts()).hash();
        migration.approve(new Command.Approve("ann", "go", hash));
    }

    private void mendAndRetry(MigrationWorkflow migration, String what, String step) {
        hands.mend(what + " " + step);
        migration.decide(new Command.Decide("ann", "mended", step, Choice.RETRY));
    }

    private void awaitUndoThatAsks(MigrationWorkflow migration) {
        await(migration, status -> status.undoing() && status.waiting() != null);
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
