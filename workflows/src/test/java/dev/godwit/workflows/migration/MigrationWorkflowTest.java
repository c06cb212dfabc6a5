package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.godwit.workflows.gates.Gate;
import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The interpreter with recording fakes and skipped time. */
class MigrationWorkflowTest {
    private static final String HASH = Planner.plan(Specs.shop(), Specs.facts()).hash();

    private final RecordingHands hands = new RecordingHands();
    private TestEngine engine;
    private TestWorkflowEnvironment environment;
    private MigrationWorkflow migration;

    @BeforeEach
    void startEngine() {
        engine = new TestEngine(hands);
        environment = engine.environment();
        migration = engine.migration("shop.example.org");
    }

    @AfterEach
    void stopEngine() {
        engine.close();
    }

    @Test
    void shouldPerformEveryStepOfThePlanInItsOrder() {
        MigrationStatus end = finish(start(Specs.shop(Gates.Cutover.NONE), null));

        assertThat(end.end()).isEqualTo(End.FINISHED);
        assertThat(end.serving()).isEqualTo(Serving.TARGET);
        assertThat(end.pastPivot()).isTrue();
        assertThat(end.steps()).extracting(StepStatus::state).containsOnly(StepState.DONE);
        Map<String, Integer> stages = Planner.plan(Specs.shop(Gates.Cutover.NONE), Specs.facts()).steps().stream()
                .filter(step -> !(step.step() instanceof Gate.WaitOutTtl))
                .collect(Collectors.toMap(PlannedStep::id, PlannedStep::stage));
        List<String> acted = hands.calls("act").stream().distinct().toList();
        assertThat(acted).containsExactlyInAnyOrderElementsOf(stages.keySet());
        assertThat(acted).extracting(stages::get).isSorted();
        assertThat(hands.calls("undo")).isEmpty();
    }

    @Test
    void shouldTakeTheBeforeImagesOfTheCutoverBeforeItsFirstAct() {
        finish(start(Specs.shop(Gates.Cutover.NONE), null));

        List<String> calls = hands.calls();
        int firstAct = calls.indexOf("act stop-jobs");
        List<String> looksOfTheCutover = cutoverSteps()
                .filter(id -> calls.contains("look " + id))
                .map(id -> "look " + id)
                .toList();
        assertThat(looksOfTheCutover)
                .isNotEmpty()
                .allSatisfy(look -> assertThat(calls.indexOf(look)).isLessThan(firstAct));
    }

    @Test
    void shouldWaitForTheApprovalOfItsPlanAndRefuseAnother() {
        WorkflowStub started = start(Specs.shop(), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.APPROVAL));

        assertRefused(() -> migration.approve(new Command.Approve("ann", "go", "0".repeat(64))), "hash of the plan");
        assertThat(hands.calls("act")).doesNotContain("stop-jobs");
        migration.approve(new Command.Approve("ann", "go", HASH));

        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
        assertThat(migration.journal())
                .anySatisfy(entry -> assertThat(entry)
                        .extracting(JournalEntry::actor, JournalEntry::event, JournalEntry::reason)
                        .containsExactly("ann", "approved", "go"));
    }

    @Test
    void shouldWaitOutTheTtlThatWasObserved() {
        WorkflowStub started = start(Specs.shop(), null);
        long begin = environment.currentTimeMillis();
        awaitStatus(status -> isWaitingFor(status, Waiting.For.APPROVAL));
        assertThat(Duration.ofMillis(environment.currentTimeMillis() - begin))
                .isGreaterThanOrEqualTo(Specs.OBSERVED_TTL.minusSeconds(1));
        migration.approve(new Command.Approve("ann", "go", HASH));
        finish(started);
    }

    @Test
    void shouldEndWithoutTouchingAnythingWhenThePreflightBlocks() {
        hands.find(Finding.blocker("disk-space", "target", "Expected 10 GB, but found 1 GB", "make room"));

        MigrationStatus end = finish(start(Specs.shop(), null));

        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).contains("Expected 10 GB, but found 1 GB");
        assertThat(hands.calls("act")).isEmpty();
        assertThat(hands.calls("look")).isEmpty();
    }

    @Test
    void shouldAskNoOtherSystemWhenNobodyCanLogIn() {
        hands.find(Finding.blocker("host-unreachable", "target", "Expected an answer, but found none", "start it"));

        MigrationStatus end = finish(start(Specs.shop(), null));

        assertThat(end.endReason()).contains("Expected an answer, but found none");
        assertThat(hands.calls("inspect")).containsExactly("servers");
    }

    @Test
    void shouldEndWithoutTouchingAnythingWhenTheWorldHasChangedSinceThePlan() {
        MigrationStatus end = finish(start(Specs.shop(), "0".repeat(64)));

        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).contains("the world has changed");
        assertThat(hands.calls("act")).isEmpty();
    }

    @Test
    void shouldRollBackByItselfWhenNobodyDecidesWhileVisitorsWait() {
        hands.fail("act verify-database-shop", -1);

        MigrationStatus end = finish(start(Specs.shop(Gates.Cutover.NONE), null));

        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).contains("nobody decided within 5m");
        assertThat(hands.calls("undo")).isEqualTo(undosFrom("verify-database-shop"));
    }

    @Test
    void shouldAskWhenAStepTimesOutInEveryAttempt() {
        String hook = "hook-1";
        hands.timeOutAlways("act " + hook, environment);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));

        assertThat(waiting().reason())
                .isEqualTo("hook-1 failed: Expected an answer in time, but found none (TIMEOUT_TYPE_HEARTBEAT);"
                        + " look whether the worker and the server are up");
        assertThat(waiting().options()).containsExactly(Choice.RETRY, Choice.SKIP, Choice.ROLL_BACK);
        assertThat(hands.attempts("act " + hook)).isEqualTo(3);
        assertThat(step(migration.status(), hook))
                .extracting(StepStatus::state, StepStatus::failure, StepStatus::attempts)
                .containsExactly(StepState.FAILED, null, 3);
        mendAndRetry("act", hook);
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
        assertThat(hands.attempts("act " + hook)).isEqualTo(4);
    }

    @Test
    void shouldGoOnAfterARetryThatAPersonDecided() {
        hands.fail("act copy-files-first-uploads", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));

        mendAndRetry("act", "copy-files-first-uploads");

        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
        assertThat(hands.calls("act")).containsOnlyOnce("link-hosts");
    }

    @Test
    void shouldRefuseToSkipWhatMovesData() {
        hands.fail("act copy-database-first-shop", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));

        assertRefused(
                () -> migration.decide(new Command.Decide("ann", "hm", "copy-database-first-shop", Choice.SKIP)),
                "one of [RETRY, ROLL_BACK]");
        migration.decide(new Command.Decide("ann", "no", "copy-database-first-shop", Choice.ROLL_BACK));
        finish(started);
    }

    @Test
    void shouldGoOnWithoutAStepThatMayBeSkipped() {
        hands.fail("act rehearse-compare", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        migration.decide(new Command.Decide("ann", "known", "rehearse-compare", Choice.SKIP));

        MigrationStatus end = finish(started);
        assertThat(end.end()).isEqualTo(End.FINISHED);
        assertThat(step(end, "rehearse-compare").state()).isEqualTo(StepState.SKIPPED);
    }

    @Test
    void shouldInterruptTheRunningStepAndUndoWhenSomebodySaysRollBack() throws InterruptedException {
        var hangs = hands.hang("act copy-database-first-shop");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        hangs.await();

        migration.rollBack(new Command.RollBack("ann", "not today", false));
        MigrationStatus end = finish(started);

        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).isEqualTo("ann said roll back: not today");
        assertThat(hands.calls("undo")).isEqualTo(undosFrom("copy-database-first-shop"));
    }

    @Test
    void shouldKeepTheOrderOfSeveralUndosThatFail() {
        List<String> undos = undosFrom("copy-files-first-uploads");
        undos.forEach(step -> hands.failForGood("undo " + step));
        hands.failForGood("act copy-files-first-uploads");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        migration.rollBack(new Command.RollBack("ann", "enough", false));

        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));
        assertThat(waiting().step()).isEqualTo(undos.getFirst());
        undos.forEach(step -> hands.mend("undo " + step));
        migration.decide(new Command.Decide("ann", "mended", undos.getFirst(), Choice.RETRY));
        finish(started);

        assertThat(undos).hasSizeGreaterThan(2);
        assertThat(hands.calls("undo")).isEqualTo(undos);
    }

    @Test
    void shouldRollBackWhenCancelledByTemporalsOwnTools() throws InterruptedException {
        var hangs = hands.hang("act copy-files-first-uploads");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        hangs.await();

        started.cancel("by hand");

        // Temporal closes a workflow that was asked to cancel as cancelled, whatever it returns: the status tells.
        assertThatThrownBy(() -> finish(started)).hasRootCauseInstanceOf(CanceledFailure.class);
        assertThat(migration.status().end()).isEqualTo(End.ROLLED_BACK);
        assertThat(hands.calls("undo")).isEqualTo(undosFrom("copy-files-first-uploads"));
    }

    @Test
    void shouldRefuseARollbackAfterThePivotUnlessItsLossIsAccepted() {
        hands.fail("act point-dns", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        assertThat(waiting().options()).containsExactly(Choice.RETRY);

        assertThatThrownBy(() -> migration.rollBack(new Command.RollBack("ann", "slow", false)))
                .isInstanceOf(WorkflowUpdateException.class)
                .cause()
                .isInstanceOf(ApplicationFailure.class)
                .hasMessageContaining("about 1000 rows");
        migration.rollBack(new Command.RollBack("ann", "slow", true));
        MigrationStatus end = finish(started);

        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        assertThat(hands.calls("undo"))
                .startsWith("point-dns", "install-crontabs", "start-jobs", "forward-requests", "start-service")
                .as("what was written on the target since the pivot is kept")
                .doesNotContain("copy-database-final-shop", "copy-database-first-shop", "copy-files-first-uploads");
    }

    @Test
    void shouldSayThatTheLossCouldNotBeCounted() {
        hands.fail("act point-dns", -1);
        hands.fail("estimate loss", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));

        assertRefused(
                () -> migration.rollBack(new Command.RollBack("ann", "slow", false)),
                "it could not be counted: COMMAND_FAILED: ");
        assertThat(hands.attempts("estimate loss")).isEqualTo(1);
        migration.rollBack(new Command.RollBack("ann", "slow", true));
        finish(started);
        assertThat(migration.journal())
                .filteredOn(
                        entry -> entry.actor().equals("ann") && entry.event().contains("roll back"))
                .extracting(JournalEntry::event, JournalEntry::result)
                .satisfiesExactly(
                        refused -> assertThat(refused.toList().toString())
                                .contains("roll back refused", "could not be counted"),
                        said -> assertThat(said.toList())
                                .containsExactly("said roll back", "a loss of writes is accepted"));
    }

    @Test
    void shouldCountTheLossOnceHoweverManyAsk() throws InterruptedException {
        hands.fail("act point-dns", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        var hold = hands.hold("estimate loss");
        CompletableFuture<List<String>> answers = CompletableFuture.supplyAsync(() -> {
            try {
                return atOnce(5, () -> migration.rollBack(new Command.RollBack("ann", "slow", false)));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        hold.awaitBegin();
        hold.letGo();

        assertThat(answers.join()).hasSize(5).allMatch(answer -> answer.contains("about 1000 rows"));
        assertThat(hands.attempts("estimate loss")).isLessThan(5);
        migration.rollBack(new Command.RollBack("ann", "slow", true));
        finish(started);
    }

    @Test
    void shouldPutTheSourceBackFirstWhenTheTargetIsGone() {
        hands.loseServerOf("act check-target");
        Planner.plan(Specs.shop(Gates.Cutover.NONE), Specs.facts()).steps().stream()
                .filter(step -> step.step().on() == Side.TARGET)
                .forEach(step -> hands.loseServerOf("undo " + step.id()));
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(MigrationStatus::undoing);
        Instant began = Instant.ofEpochMilli(environment.currentTimeMillis());
        awaitStatus(status -> status.undoing() && status.serving() == Serving.SOURCE);

        assertThat(Duration.between(began, Instant.ofEpochMilli(environment.currentTimeMillis())))
                .as("the outage that a dead target adds")
                .isLessThan(Duration.ofSeconds(30));
        List<String> asked = hands.asked();
        assertThat(asked.subList(0, asked.indexOf("undo serve-page")))
                .as("undos on the target before visitors are back: one, tried three times")
                .filteredOn(call -> call.startsWith("undo copy-") || call.equals("undo start-service"))
                .containsExactly("undo start-service", "undo start-service", "undo start-service");
        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));
        assertThat(waiting().reason()).contains("HOST_UNREACHABLE", "copy-database-first-shop", "install-site");
        migration.decide(new Command.Decide("ann", "it burnt", waiting().step(), Choice.SKIP));
        assertThat(finish(started).end()).isEqualTo(End.ROLLED_BACK);
    }

    @Test
    void shouldStopAtAnUndoThatFailsOnceVisitorsHaveReachedTheTarget() {
        hands.fail("act point-dns", -1);
        hands.failForGood("undo start-jobs");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        migration.rollBack(new Command.RollBack("ann", "slow", true));
        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));

        assertThat(hands.calls("undo"))
                .as("nothing runs on the source while the target's jobs may run")
                .containsExactly("point-dns", "install-crontabs");
        assertThat(migration.status().serving()).isEqualTo(Serving.TARGET);
        assertThat(waiting().step()).isEqualTo("start-jobs");
        migration.decide(new Command.Decide("ann", "switched it off", "start-jobs", Choice.SKIP));

        MigrationStatus end = finish(started);
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        assertThat(end.endReason()).endsWith("not taken back: start-jobs");
        assertThat(hands.calls("undo")).contains("forward-requests", "serve-page", "stop-jobs");
    }

    @Test
    void shouldKeepTheCopiesWhenVisitorsCouldReachTheTargetForAMoment() {
        hands.failForGood("act forward-requests");
        hands.targetServedBefore("undo forward-requests");
        MigrationStatus end = finish(start(Specs.shop(Gates.Cutover.NONE), null));

        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        assertThat(hands.calls("undo"))
                .contains("forward-requests", "serve-page", "link-hosts")
                .noneMatch(id -> id.startsWith("copy-database") || id.startsWith("copy-files"));
        assertThat(step(end, "copy-database-first-shop").note()).startsWith("kept on the target");
    }

    @Test
    void shouldDropTheCopiesWhenItTurnsOutThatNoVisitorReachedTheTarget() {
        hands.failForGood("act forward-requests");
        hands.fail("undo forward-requests", 3); // the first round of undo
        MigrationStatus end = finish(start(Specs.shop(Gates.Cutover.NONE), null));

        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(hands.attempts("undo forward-requests")).isEqualTo(4);
        assertThat(hands.calls("undo")).contains("copy-database-first-shop", "copy-files-first-uploads");
    }

    @Test
    void shouldKeepTheCopiesWhenNobodyKnowsWhetherVisitorsReachedTheTarget() {
        hands.failForGood("act forward-requests");
        hands.failForGood("undo forward-requests");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));
        migration.decide(new Command.Decide("ann", "by hand", "forward-requests", Choice.SKIP));

        MigrationStatus end = finish(started);
        assertThat(end.endReason()).endsWith("not taken back: forward-requests");
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        assertThat(hands.calls("undo"))
                .contains("serve-page", "link-hosts")
                .noneMatch(id -> id.startsWith("copy-database") || id.startsWith("copy-files"));
        assertThat(step(end, "copy-database-first-shop").note()).startsWith("kept on the target");
    }

    @Test
    void shouldGoOnWhenThePivotProvesItselfInTheEnd() {
        hands.failForGood("act forward-requests");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        hands.mend("act forward-requests");

        MigrationStatus end = finish(started);
        assertThat(end.end()).as("nobody said anything").isEqualTo(End.FINISHED);
        assertThat(hands.attempts("act forward-requests")).isEqualTo(2);
    }

    @Test
    void shouldAskWhenABeforeImageCannotBeTaken() {
        hands.failForGood("look fence-database-shop");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));

        assertThat(waiting().options()).containsExactly(Choice.RETRY, Choice.ROLL_BACK);
        assertThat(migration.status().serving()).isEqualTo(Serving.SOURCE);
        assertThat(hands.calls("act")).doesNotContain("stop-jobs");
        mendAndRetry("look", "fence-database-shop");
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldGoOnAfterARetryWhileThePageIsUp() {
        hands.failForGood("act fence-database-shop");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        assertThat(migration.status().serving()).isEqualTo(Serving.PAGE);
        mendAndRetry("act", "fence-database-shop");

        MigrationStatus end = finish(started);
        assertThat(end.end()).isEqualTo(End.FINISHED);
        assertThat(end.outage()).isLessThan(Specs.DECISION);
        assertThat(hands.calls("act")).containsOnlyOnce("serve-page");
    }

    @Test
    void shouldShowWhatCouldNotBeTakenBackAndRetryItWhenToldSo() {
        hands.fail("act verify-files-uploads", -1);
        hands.fail("undo stop-jobs", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));

        MigrationStatus waiting = migration.status();
        assertThat(step(waiting, "stop-jobs").state()).isEqualTo(StepState.UNDO_FAILED);
        assertThat(waiting.endReason()).contains("verify-files-uploads failed");
        mendAndRetry("undo", "stop-jobs");

        MigrationStatus end = finish(started);
        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(hands.calls("undo")).last().isEqualTo("stop-jobs");
        assertThat(step(end, "stop-jobs").state()).isEqualTo(StepState.UNDONE);
    }

    @Test
    void shouldBeginNoStepWhilePausedForADay() throws InterruptedException {
        var hold = hands.hold("act copy-certificates");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        hold.awaitBegin();
        migration.pause(new Command.Pause("ann", "home"));
        assertRefused(() -> migration.pause(new Command.Pause("bob", "lunch")), "not paused");
        hold.letGo();
        awaitStatus(status -> isWaitingFor(status, Waiting.For.RESUME));
        List<String> before = hands.calls();

        environment.sleep(Duration.ofDays(1));
        assertThat(hands.calls()).isEqualTo(before).last().isEqualTo("act copy-certificates");
        assertThat(waiting().reason()).isEqualTo("paused before install-site");
        assertThat(waiting().until()).isNull();

        migration.resume(new Command.Resume("bob", "back"));
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldBeginNoStepWhenPausedWhileItLooksAhead() throws InterruptedException {
        var hold = hands.hold("look serve-page");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> status.phase() == Phase.CUTOVER);
        hold.awaitBegin();
        migration.pause(new Command.Pause("ann", "home"));
        hold.letGo();
        awaitStatus(status -> isWaitingFor(status, Waiting.For.RESUME));

        assertThat(waiting().reason()).isEqualTo("paused before stop-jobs");
        assertThat(hands.calls("act")).doesNotContain("stop-jobs");

        migration.resume(new Command.Resume("ann", "back"));
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldShowAStepAsNotBegunWhenItsLookAheadWorkedInTheEnd() throws InterruptedException {
        hands.fail("look serve-page", -1);
        var hold = hands.hold("act stop-jobs");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        mendAndRetry("look", "serve-page");
        hold.awaitBegin();

        assertThat(migration.status().steps())
                .filteredOn(step -> step.id().equals("serve-page"))
                .extracting(StepStatus::state, StepStatus::failure)
                .containsExactly(tuple(StepState.PENDING, null));
        hold.letGo();
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldIgnoreACancellationByTemporalsOwnToolsAfterThePivot() {
        hands.fail("act point-dns", -1);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));

        started.cancel("by hand");
        awaitStatus(status ->
                migration.journal().stream().anyMatch(entry -> entry.event().equals("cancellation ignored")));
        mendAndRetry("act", "point-dns");

        // Temporal closes a workflow that was asked to cancel as cancelled, whatever it returns: the status tells.
        assertThatThrownBy(() -> finish(started)).hasRootCauseInstanceOf(CanceledFailure.class);
        assertThat(migration.status().end()).isEqualTo(End.FINISHED);
        assertThat(hands.calls("undo")).isEmpty();
    }

    @Test
    void shouldAcceptOneOfTwoApprovals() throws InterruptedException {
        WorkflowStub started = start(Specs.shop(), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.APPROVAL));

        List<String> answers = atOnce(20, () -> migration.approve(new Command.Approve("ann", "go", HASH)));

        assertThat(answers).filteredOn("accepted"::equals).hasSize(1);
        // Who comes late finds a migration that has ended.
        assertThat(answers)
                .filteredOn(answer -> answer.contains("waits for an approval"))
                .isNotEmpty();
        finish(started);
        assertThat(migration.journal())
                .filteredOn(entry -> entry.event().equals("approved"))
                .hasSize(1);
    }

    @Test
    void shouldAcceptOneOfTwoDecisions() throws InterruptedException {
        hands.failForGood("act rehearse-compare");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        var hold = hands.hold("act rehearse-stop");

        List<String> answers =
                atOnce(20, () -> migration.decide(new Command.Decide("ann", "known", "rehearse-compare", Choice.SKIP)));

        assertThat(answers).filteredOn("accepted"::equals).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.contains("waits for a decision"))
                .hasSize(19);
        hold.letGo();
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldAcceptOneOfTwoRollbacksAndRefuseItWhileItUndoes() throws InterruptedException {
        var hangs = hands.hang("act copy-database-first-shop");
        var undo = hands.hold("undo copy-database-first-shop");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        hangs.await();

        List<String> answers = atOnce(20, () -> migration.rollBack(new Command.RollBack("ann", "no", false)));

        assertThat(answers).filteredOn("accepted"::equals).hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.contains("it rolls back already"))
                .hasSize(19);
        undo.awaitBegin();
        assertRefused(() -> migration.rollBack(new Command.RollBack("bob", "now", false)), "it rolls back already");
        assertRefused(() -> migration.pause(new Command.Pause("bob", "wait")), "it rolls back");
        undo.letGo();
        assertThat(finish(started).end()).isEqualTo(End.ROLLED_BACK);
    }

    @Test
    void shouldRefuseADecisionThatNoLongerFits() {
        hands.failForGood("act rehearse-compare");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        migration.decide(new Command.Decide("ann", "known", "rehearse-compare", Choice.SKIP));
        hands.failForGood("act stop-service");
        environment.sleep(Specs.OBSERVED_TTL);
        awaitStatus(status ->
                isWaitingFor(status, Waiting.For.DECISION) && waiting().step().equals("stop-service"));

        assertRefused(
                () -> migration.decide(new Command.Decide("bob", "known", "rehearse-compare", Choice.SKIP)),
                "a decision about stop-service");
        assertThat(finish(started).endReason()).contains("nobody decided within 5m");
    }

    @Test
    void shouldEndWithoutWhatCouldNotBeTakenBackWhenAPersonSaysSkip() {
        hands.failForGood("act verify-files-uploads");
        hands.failForGood("undo stop-jobs");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));
        migration.decide(new Command.Decide("ann", "by hand", "stop-jobs", Choice.SKIP));

        MigrationStatus end = finish(started);
        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).endsWith("not taken back: stop-jobs");
        assertThat(hands.calls("act")).as("what is kept for it stays").doesNotContain("clean-up");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fence-database-shop", "stop-service", "serve-page"})
    void shouldKeepThePageAndTheCopiesUntilTheSourceCanServe(String needed) {
        hands.failForGood("act verify-files-uploads");
        hands.failForGood("undo " + needed);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));

        assertThat(migration.status().serving()).isEqualTo(Serving.PAGE);
        assertThat(waiting().options()).containsExactly(Choice.RETRY);
        assertThat(hands.calls("undo"))
                .doesNotContain("serve-page", "stop-jobs", "copy-database-first-shop", "copy-files-first-uploads");
        mendAndRetry("undo", needed);

        MigrationStatus end = finish(started);
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        assertThat(end.endReason()).doesNotContain("not taken back");
    }

    /** Two faults at once: the page does not stay up for as long as a target that is gone is asked in vain. */
    @Test
    void shouldAskTheSourceBeforeATargetThatIsGoneUntilItServes() {
        hands.failForGood("act check-target");
        List<String> onTheTarget = List.of("start-service", "copy-database-first-shop", "install-site");
        onTheTarget.forEach(id -> hands.loseServerOf("undo " + id));
        hands.fail("undo fence-database-shop", 5);
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> status.undoing() && isWaitingFor(status, Waiting.For.DECISION));

        assertThat(migration.status().serving()).isEqualTo(Serving.SOURCE);
        List<String> asked = hands.asked();
        assertThat(asked.subList(0, asked.lastIndexOf("undo fence-database-shop")))
                .as("before the source could serve, as often as at once")
                .filteredOn("undo start-service"::equals)
                .hasSize(3);
        onTheTarget.forEach(id -> hands.mend("undo " + id));
        migration.decide(new Command.Decide("ann", "it is back", waiting().step(), Choice.RETRY));
        assertThat(finish(started).endReason()).doesNotContain("not taken back");
    }

    @Test
    void shouldAskATargetThatIsSaidToBeMendedAfterTheSoaksTime() {
        hands.failForGood("act soak");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        environment.sleep(Specs.shop(Gates.Cutover.NONE).soak().plusDays(1));
        migration.decide(new Command.Decide("ann", "mended, I think", "soak", Choice.RETRY));
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        assertThat(hands.attempts("act soak")).isEqualTo(2);

        mendAndRetry("act", "soak");
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
        assertThat(hands.attempts("act soak")).isGreaterThan(3);
    }

    @Test
    void shouldEndWithWhatCouldNotBeCleanedUp() {
        hands.failForGood("act verify-files-uploads");
        hands.failForGood("act clean-up");

        MigrationStatus end = finish(start(Specs.shop(Gates.Cutover.NONE), null));
        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).contains("nobody decided", "; not cleaned up: ", "act clean-up to work");
    }

    @Test
    void shouldRollBackWithTheReasonGivenWhenSaidDuringThePreflight() throws InterruptedException {
        var hold = hands.hold("inspect servers");
        WorkflowStub started = start(Specs.shop(), null);
        hold.awaitBegin();
        migration.rollBack(new Command.RollBack("ann", "wrong server", false));
        hold.letGo();

        assertThat(finish(started).endReason()).isEqualTo("ann said roll back: wrong server");
        assertThat(hands.calls("act")).isEmpty();
    }

    @Test
    void shouldAnswerWithoutTheWaitThatACommandEnds() throws InterruptedException {
        hands.failForGood("act copy-files-first-uploads");
        var copies = hands.hold("act copy-database-first-shop");
        var watch = hands.hold("act soak");
        WorkflowStub started = start(Specs.shop(), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.DECISION));
        hands.mend("act copy-files-first-uploads");
        assertThat(migration
                        .decide(new Command.Decide("ann", "made room", "copy-files-first-uploads", Choice.RETRY))
                        .waiting())
                .isNull();
        copies.awaitBegin();
        migration.pause(new Command.Pause("ann", "lunch"));
        copies.letGo();
        awaitStatus(status -> isWaitingFor(status, Waiting.For.RESUME));
        assertThat(migration.resume(new Command.Resume("ann", "back")).waiting())
                .isNull();
        awaitStatus(status -> isWaitingFor(status, Waiting.For.APPROVAL));
        assertThat(migration.approve(new Command.Approve("ann", "go", HASH)).waiting())
                .isNull();
        awaitStatus(status -> isWaitingFor(status, Waiting.For.TIME));
        assertThat(migration.finish(new Command.Finish("ann", "all well")).waiting())
                .isNull();
        watch.letGo();

        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldAnswerARollbackWithoutTheWaitThatItEnds() {
        WorkflowStub started = start(Specs.shop(), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.APPROVAL));

        MigrationStatus answer = migration.rollBack(new Command.RollBack("ann", "not today", false));

        assertThat(answer.undoing()).isTrue();
        assertThat(answer.waiting()).isNull();
        assertThat(finish(started).end()).isEqualTo(End.ROLLED_BACK);
    }

    @Test
    void shouldAnswerWithTheWaitThatGoesOn() {
        WorkflowStub started = start(Specs.shop(), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.APPROVAL));

        assertThat(isWaitingFor(migration.pause(new Command.Pause("ann", "lunch")), Waiting.For.APPROVAL))
                .isTrue();
        assertThat(isWaitingFor(migration.resume(new Command.Resume("ann", "back")), Waiting.For.APPROVAL))
                .isTrue();
        migration.rollBack(new Command.RollBack("ann", "not today", false));
        finish(started);
    }

    @Test
    void shouldRefuseToFinishBeforeTheSoak() {
        WorkflowStub started = start(Specs.shop(), null);
        awaitStatus(status -> isWaitingFor(status, Waiting.For.APPROVAL));

        assertRefused(() -> migration.finish(new Command.Finish("ann", "now")), "a migration that soaks");
        migration.approve(new Command.Approve("ann", "go", HASH));
        finish(started);
    }

    @Test
    void shouldAcceptOneOfManyFinishes() throws InterruptedException {
        var watch = hands.hold("act soak");
        WorkflowStub started = start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> hands.attempts("act soak") > 0);

        List<String> answers = atOnce(20, () -> migration.finish(new Command.Finish("ann", "all well")));
        watch.letGo();

        assertThat(answers).filteredOn("accepted"::equals).hasSize(1);
        assertThat(finish(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldFinishAtOnceWhenNobodyHearsThatTheWatchIsOver() {
        var watch = hands.hold("act soak"); // as if its worker were dead
        start(Specs.shop(Gates.Cutover.NONE), null);
        awaitStatus(status -> hands.attempts("act soak") > 0);
        try {
            migration.finish(new Command.Finish("ann", "seen enough"));
            awaitStatus(status -> status.end() == End.FINISHED);
        } finally {
            watch.letGo();
        }
    }

    @Test
    void shouldMeasureNoOutageOutsideThePage() {
        MigrationStatus end = finish(start(Specs.shop(Gates.Cutover.NONE), null));

        assertThat(end.outage()).isNotNull().isLessThan(Duration.ofMinutes(1));
    }

    // ---- helpers ----

    private WorkflowStub start(Spec spec, @Nullable String planHash) {
        WorkflowClient.start(
                migration::migrate, new MigrationRequest("shop-1", spec, planHash, "ann", "old server is old"));
        return WorkflowStub.fromTyped(migration);
    }

    private static MigrationStatus finish(WorkflowStub started) {
        return started.getResult(MigrationStatus.class);
    }

    private void mendAndRetry(String what, String step) {
        hands.mend(what + " " + step);
        migration.decide(new Command.Decide("ann", "mended", step, Choice.RETRY));
    }

    private void awaitStatus(Predicate<MigrationStatus> condition) {
        for (int look = 0; look < 2_000; look++) {
            if (condition.test(migration.status())) {
                return;
            }
            environment.sleep(Duration.ofSeconds(1));
        }
        throw new AssertionError("Expected another status than " + migration.status());
    }

    /** Says something by many people at once; the answers are {@code accepted} or why not. */
    private static List<String> atOnce(int people, Runnable command) throws InterruptedException {
        List<Callable<String>> calls = Collections.nCopies(people, () -> {
            try {
                command.run();
                return "accepted";
            } catch (WorkflowUpdateException refused) {
                return String.valueOf(refused.getCause());
            }
        });
        try (ExecutorService threads = Executors.newFixedThreadPool(people)) {
            return threads.invokeAll(calls).stream().map(Future::resultNow).toList();
        }
    }

    private Waiting waiting() {
        return Objects.requireNonNull(migration.status().waiting());
    }

    private static boolean isWaitingFor(MigrationStatus status, Waiting.For what) {
        return status.waiting() != null && status.waiting().what() == what;
    }

    private static void assertRefused(Runnable command, String why) {
        assertThatThrownBy(command::run)
                .isInstanceOf(WorkflowUpdateException.class)
                .cause()
                .isInstanceOf(ApplicationFailure.class)
                .hasMessageContaining(why);
    }

    private static StepStatus step(MigrationStatus status, String id) {
        return status.steps().stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<String> cutoverSteps() {
        return Planner.plan(Specs.shop(Gates.Cutover.NONE), Specs.facts()).steps().stream()
                .filter(step -> step.phase() == Phase.CUTOVER)
                .map(PlannedStep::id);
    }

    /** The steps up to this one that have something to take back, newest first. */
    private static List<String> undosFrom(String last) {
        List<PlannedStep> steps =
                Planner.plan(Specs.shop(Gates.Cutover.NONE), Specs.facts()).steps();
        int index = steps.stream().map(PlannedStep::id).toList().indexOf(last);
        return steps.subList(0, index + 1).reversed().stream()
                .filter(step -> step.step().undo() != null)
                .map(PlannedStep::id)
                .toList();
    }
}
