package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.migration.RecordingHands.Hold;
import dev.godwit.workflows.step.Serving;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every step of a plan with everything, in every way in which a step can go wrong: what is taken back and in which
 * order, who serves, what is waited for, and what a person may say then. What must be true is {@link Place}'s, which
 * knows the plan and not the interpreter.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class FailureMatrix {
    /** More than the work of a migration takes when nothing waits. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    /** In real time. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RecordingHands hands = new RecordingHands();
    private final TestEngine engine;
    private final MigrationWorkflow migration;
    /** How far the clock moves while a state is awaited: nothing that a test measures. */
    private Duration pace = Duration.ofMillis(5);

    FailureMatrix(int cache) {
        engine = new TestEngine(hands, cache);
        migration = engine.migration(Specs.everything().service());
    }

    @AfterEach
    void stopEngine() {
        engine.close();
    }

    static Stream<Place> acts() {
        return Place.all().filter(Place::acts);
    }

    static Stream<Place> undos() {
        return acts().filter(place -> place.hasUndo() && place.canRollBack());
    }

    // ---- fails for good ----

    @ParameterizedTest
    @MethodSource("acts")
    void shouldWaitForAPersonWhenAStepFailsForGood(Place place) {
        hands.failForGood(place.act());
        WorkflowStub started = start();
        openGatesBefore(place);

        MigrationStatus status = awaitDecision(place);
        assertThat(hands.attempts(place.act())).isEqualTo(1);
        assertThat(hands.calls("undo")).isEmpty();
        assertThat(status.phase()).isEqualTo(place.phase());
        assertThat(status.serving()).isEqualTo(place.servingWhenFailed());
        assertThat(status.pastPivot()).isEqualTo(place.isPastPivot());
        assertThat(status.undoing()).isFalse();
        assertThat(status.end()).isNull();
        assertThat(states(status)).isEqualTo(place.statesWith(StepState.FAILED));
        Waiting waiting = Objects.requireNonNull(status.waiting());
        assertThat(waiting.reason()).contains(place.id() + " failed: SPEC_MISMATCH: ", "the test said fail");
        assertThat(status(status, place.id()).failure()).isEqualTo("SPEC_MISMATCH");
        assertThat(status(status, place.id()).attempts()).isEqualTo(1);
        assertThat(waiting.options()).isEqualTo(place.choices());
        assertThat(accepted(status, place.id())).isEqualTo(place.commandsWhenFailed());
        Instant failedAt = Objects.requireNonNull(status(status, place.id()).endedAt());
        if (place.isInOutage()) {
            assertThat(waiting.until()).isEqualTo(failedAt.plus(Specs.DECISION));
            MigrationStatus end = started.getResult(MigrationStatus.class);
            assertRolledBack(end, place.rolledBackIn());
            assertThat(end.endReason()).contains("nobody decided within 5m");
            assertThat(hands.attempts(place.act()))
                    .as("a pivot is looked at once more, because it may have happened")
                    .isEqualTo(place.isPivot() ? 2 : 1);
            assertThat(Objects.requireNonNull(end.endedAt()))
                    .isBetween(
                            failedAt.plus(Specs.DECISION),
                            failedAt.plus(Specs.DECISION).plus(SLACK));
            return;
        }
        assertThat(waiting.until()).isNull();
        engine.environment().sleep(Duration.ofDays(1));
        assertThat(migration.status()).as("nothing happens by itself").isEqualTo(status);
        if (place.isPastPivot()) {
            assertRollBackRefused(place);
            hands.mend(place.act());
            engine.say(() -> migration.decide(new Command.Decide("ann", "mended", place.id(), Choice.RETRY)));
            openGatesAfter(place);
            assertFinished(started.getResult(MigrationStatus.class));
        } else {
            engine.say(() -> migration.decide(new Command.Decide("ann", "enough", place.id(), Choice.ROLL_BACK)));
            assertRolledBack(started.getResult(MigrationStatus.class), place.rolledBackIn());
        }
    }

    // ---- fails twice and then works ----

    @ParameterizedTest
    @MethodSource("acts")
    void shouldGoOnWhenAStepFailsTwiceAndThenWorks(Place place) {
        pace = Duration.ofSeconds(1);
        hands.fail(place.act(), 2);
        WorkflowStub started = start();
        openGatesBefore(place);
        awaitUntil(() -> hands.attempts(place.act()) == 3, () -> "attempt 3 of " + place);
        openIfGate(place);
        openGatesAfter(place);

        MigrationStatus end = started.getResult(MigrationStatus.class);
        assertFinished(end);
        if (place.gate() == Place.Gate.NONE) {
            assertThat(hands.attempts(place.act())).isEqualTo(3);
        }
        assertThat(status(end, place.id()).note())
                .endsWith(place.gate() == Place.Gate.NONE ? place.act() : "ended by ann");
        assertThat(status(end, place.id()).attempts()).isEqualTo(place.gate() == Place.Gate.NONE ? 3 : 1);
        assertThat(migration.journal()).extracting(JournalEntry::event).doesNotContain("step failed");
    }

    // ---- times out after it has succeeded ----

    @ParameterizedTest
    @MethodSource("acts")
    void shouldAskAgainWhenAStepTimesOutAfterItHasSucceeded(Place place) {
        pace = Duration.ofSeconds(1);
        hands.timeOut(place.act(), engine.environment());
        WorkflowStub started = start();
        openGatesBefore(place);
        awaitUntil(() -> hands.attempts(place.act()) == 2, () -> "attempt 2 of " + place);
        openIfGate(place);
        openGatesAfter(place);

        assertFinished(started.getResult(MigrationStatus.class));
        assertThat(hands.calls()).filteredOn(place.act()::equals).hasSize(2);
        assertThat(hands.calls()).filteredOn(place.look()::equals).hasSizeLessThan(2);
    }

    // ---- cancelled before and during ----

    static Stream<Place> steps() {
        return Place.all();
    }

    /** Somebody says roll back during the last call before the step; that call still succeeds. */
    @ParameterizedTest
    @MethodSource("steps")
    void shouldTakeBackWhatWasDoneWhenRolledBackBeforeAStep(Place place) throws InterruptedException {
        Place.Before before = place.before();
        Hold hold = hands.hold(before.call());
        WorkflowStub started = start();
        openGatesBefore(before.place());
        hold.awaitBegin();
        awaitSiblings(before.place());
        rollBackOrBeRefused(started, before.place(), before.rolledBack(), hold::letGo);
    }

    /** What takes no time cannot be interrupted. */
    static Stream<Place> lasting() {
        return steps().filter(place -> place.gate() != Place.Gate.OPEN);
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void shouldInterruptAndTakeBackWhenRolledBackDuringAStep(Place place) throws InterruptedException {
        if (place.isPivot() || !place.canRollBack()) {
            Hold hold = hands.hold(place.act());
            WorkflowStub started = start();
            openGatesBefore(place);
            hold.awaitBegin();
            rollBackOrBeRefused(started, place, place.rolledBackIn(), hold::letGo);
            return;
        }
        var hangs = hands.hang(place.act());
        WorkflowStub started = start();
        openGatesBefore(place);
        if (place.acts()) {
            hangs.await();
            awaitSiblings(place);
        } else {
            awaitCall(place.before().call());
            awaitStatus(status -> isWaitingAt(status, place.id()));
        }
        rollBackOrBeRefused(started, place, place.rolledBackIn(), () -> {});
        assertThat(hands.calls()).doesNotContain(place.act());
    }

    private void rollBackOrBeRefused(WorkflowStub started, Place place, Place.RolledBack expected, Runnable letGo) {
        if (place.canRollBack() && !place.isPivot()) {
            if (place.isPastPivot()) {
                assertRollBackRefused(place);
            }
            engine.say(() -> migration.rollBack(new Command.RollBack("ann", "not today", place.isPastPivot())));
            letGo.run();
            MigrationStatus end = started.getResult(MigrationStatus.class);
            assertRolledBack(end, expected);
            assertThat(end.endReason()).isEqualTo("ann said roll back: not today");
        } else {
            assertRollBackRefused(place);
            letGo.run();
            openGatesAfter(place);
            assertFinished(started.getResult(MigrationStatus.class));
        }
    }

    // ---- its undo fails ----

    static Stream<Place.FailedUndo> newestUndos() {
        return undos().map(Place::undoFails);
    }

    static Stream<Place.FailedUndo> undosInTheMiddle() {
        return undos().flatMap(place -> place.undoFailsInTheMiddle().stream());
    }

    static Stream<Place.FailedUndo> skips() {
        return undosInTheMiddle().filter(Place.FailedUndo::canBeSkipped);
    }

    @ParameterizedTest
    @MethodSource("newestUndos")
    void shouldWaitForAPersonWhenAnUndoFails(Place.FailedUndo expected) {
        rollBackAndMend(expected);
    }

    @ParameterizedTest
    @MethodSource("undosInTheMiddle")
    void shouldWaitForAPersonWhenAnUndoInTheMiddleFails(Place.FailedUndo expected) {
        rollBackAndMend(expected);
    }

    @ParameterizedTest
    @MethodSource("skips")
    void shouldEndWithoutAnUndoInTheMiddleThatAPersonSkips(Place.FailedUndo expected) {
        WorkflowStub started = rollBackFailing(expected);
        awaitUndoThatAsks(expected);
        decide(expected, Choice.SKIP);

        MigrationStatus end = started.getResult(MigrationStatus.class);
        assertRolledBack(end, expected.afterSkip(), 0);
        assertThat(end.endReason()).isEqualTo("ann said roll back: enough; not taken back: " + expected.place());
        assertThat(hands.attempts(expected.place().undo())).isEqualTo(2);
    }

    private void rollBackAndMend(Place.FailedUndo expected) {
        Place place = expected.place();
        WorkflowStub started = rollBackFailing(expected);
        if (expected.isPutBackByAnOlderUndoToo()) {
            MigrationStatus end = started.getResult(MigrationStatus.class);
            assertRolledBack(end, expected.putBackByAnOlderUndo());
            assertThat(status(end, place.id()).note()).startsWith("put back by the undo of ");
            return;
        }
        MigrationStatus status = awaitUndoThatAsks(expected);
        assertThat(hands.attempts(place.undo())).as("at once, then patiently").isEqualTo(2);
        assertThat(status.serving()).isEqualTo(expected.serving());
        Waiting waiting = Objects.requireNonNull(status.waiting());
        assertThat(waiting.reason())
                .contains("the undo of " + place.id() + " failed: SPEC_MISMATCH: ", "the test said fail");
        assertThat(waiting.options()).isEqualTo(expected.choices());
        assertThat(waiting.until()).isNull();
        assertThat(accepted(status, place.id())).isEqualTo(expected.commands());
        engine.environment().sleep(Duration.ofDays(1));
        assertThat(migration.status()).as("nothing happens by itself").isEqualTo(status);

        hands.mend(place.undo());
        decide(expected, Choice.RETRY);
        assertRolledBack(started.getResult(MigrationStatus.class), expected.afterRetry());
        assertThat(hands.attempts(place.undo())).isEqualTo(3);
    }

    private WorkflowStub rollBackFailing(Place.FailedUndo expected) {
        Place failed = expected.failed();
        hands.failForGood(failed.act());
        hands.failForGood(expected.place().undo());
        WorkflowStub started = start();
        openGatesBefore(failed);
        awaitDecision(failed);
        engine.say(() -> migration.rollBack(new Command.RollBack("ann", "enough", failed.isPastPivot())));
        return started;
    }

    private MigrationStatus awaitUndoThatAsks(Place.FailedUndo expected) {
        awaitCall(expected.place().undo());
        MigrationStatus status = awaitStatus(
                now -> now.undoing() && isWaitingAt(now, expected.place().id()));
        assertThat(hands.calls("undo")).isEqualTo(expected.whileItWaits().undone());
        assertThat(states(status)).isEqualTo(expected.whileItWaits().states());
        return status;
    }

    private void decide(Place.FailedUndo expected, Choice choice) {
        engine.say(() -> migration.decide(
                new Command.Decide("ann", "looked at it", expected.place().id(), choice)));
    }

    // ---- what must be true at the end ----

    private void assertRolledBack(MigrationStatus end, Place.RolledBack expected) {
        assertRolledBack(end, expected, expected.undone().isEmpty() ? 0 : 1);
    }

    private void assertRolledBack(MigrationStatus end, Place.RolledBack expected, int cleanUps) {
        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        assertThat(end.waiting()).isNull();
        assertThat(end.undoing()).isFalse();
        assertThat(hands.calls("undo")).isEqualTo(expected.undone());
        assertThat(states(end)).isEqualTo(expected.states());
        assertThat(hands.calls("act"))
                .filteredOn("clean-up"::equals)
                .as("clean-up, once, if there is something to clean and nothing was left as it was")
                .hasSize(cleanUps);
        assertThat(accepted(end, "serve-page")).isEmpty();
    }

    private void assertFinished(MigrationStatus end) {
        assertThat(end.end()).isEqualTo(End.FINISHED);
        assertThat(end.serving()).isEqualTo(Serving.TARGET);
        assertThat(end.waiting()).isNull();
        assertThat(end.steps()).extracting(StepStatus::state).containsOnly(StepState.DONE);
        assertThat(hands.calls("undo")).isEmpty();
        List<String> acted = hands.calls("act").stream().distinct().toList();
        assertThat(acted)
                .containsExactlyInAnyOrderElementsOf(acts().map(Place::id).toList());
        assertThat(acted.stream().map(FailureMatrix::stageOf)).isSorted();
        assertThat(accepted(end, "serve-page")).isEmpty();
    }

    private static int stageOf(String id) {
        return Place.all()
                .filter(place -> place.id().equals(id))
                .findFirst()
                .orElseThrow()
                .stage();
    }

    private void assertRollBackRefused(Place place) {
        assertThatThrownBy(() -> migration.rollBack(new Command.RollBack("ann", "hm", false)))
                .isInstanceOf(WorkflowUpdateException.class)
                .cause()
                .isInstanceOf(ApplicationFailure.class)
                .hasMessageContaining(place.refusalOfRollBack());
    }

    /** The commands that fit a state, as the API would answer. */
    private static Set<String> accepted(MigrationStatus status, String step) {
        Map<String, Command> commands = Map.of(
                "approve", new Command.Approve("ann", "go", Place.PLAN.hash()),
                "pause", new Command.Pause("ann", "lunch"),
                "resume", new Command.Resume("ann", "back"),
                "retry", new Command.Decide("ann", "mended", step, Choice.RETRY),
                "skip", new Command.Decide("ann", "known", step, Choice.SKIP),
                "decide to roll back", new Command.Decide("ann", "enough", step, Choice.ROLL_BACK),
                "roll back", new Command.RollBack("ann", "enough", false),
                "finish", new Command.Finish("ann", "done"));
        return commands.entrySet().stream()
                .filter(command ->
                        CommandRules.refusal(status, command.getValue()).isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    // ---- the person at the desk ----

    private WorkflowStub start() {
        WorkflowClient.start(
                migration::migrate, new MigrationRequest("shop-1", Specs.everything(), null, "ann", "old is old"));
        return WorkflowStub.fromTyped(migration);
    }

    private void openGatesBefore(Place place) {
        Place.all().filter(other -> other.index() < place.index()).forEach(this::openIfGate);
    }

    private void openGatesAfter(Place place) {
        Place.all().filter(other -> other.index() > place.index()).forEach(this::openIfGate);
    }

    private void openIfGate(Place place) {
        switch (place.gate()) {
            case NONE, OPEN -> {}
            case APPROVAL -> {
                awaitCall(place.before().call());
                awaitStatus(status -> isWaitingAt(status, place.id()));
                engine.say(() -> migration.approve(new Command.Approve("ann", "go", Place.PLAN.hash())));
            }
            case TTL -> {
                awaitCall(place.before().call());
                engine.environment().sleep(Specs.OBSERVED_TTL);
            }
            case SOAK -> {
                awaitCall(place.act());
                engine.say(() -> {
                    // While somebody speaks the clock runs: on a busy machine the soak can be over by then.
                    if (migration.status().end() == null) {
                        migration.finish(new Command.Finish("ann", "all well"));
                    }
                });
            }
        }
    }

    private MigrationStatus awaitDecision(Place place) {
        awaitCall(place.act());
        return awaitStatus(status -> areDone(status, place.siblings())
                && isWaitingAt(status, place.id())
                && Objects.requireNonNull(status.waiting()).what() == Waiting.For.DECISION);
    }

    /** Waits until something has been asked of the hands. Costs less than asking the migration. */
    private void awaitCall(String call) {
        awaitUntil(() -> hands.attempts(call) > 0, () -> call);
    }

    private MigrationStatus awaitStatus(Predicate<MigrationStatus> condition) {
        AtomicReference<MigrationStatus> status = new AtomicReference<>(migration.status());
        awaitUntil(
                () -> {
                    status.set(migration.status());
                    return condition.test(status.get());
                },
                () -> "another status than " + status.get());
        return Objects.requireNonNull(status.get());
    }

    private void awaitUntil(BooleanSupplier condition, Supplier<String> expected) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Expected " + expected.get() + " within " + PATIENCE + ", but found none");
            }
            engine.environment().sleep(pace);
        }
    }

    /** What runs beside a step ends when it likes. */
    private void awaitSiblings(Place place) {
        if (!place.siblings().isEmpty()) {
            awaitStatus(status -> areDone(status, place.siblings()));
        }
    }

    private static boolean areDone(MigrationStatus status, List<Place> places) {
        return places.stream().allMatch(place -> status(status, place.id()).state() == StepState.DONE);
    }

    private static boolean isWaitingAt(MigrationStatus status, String step) {
        return status.waiting() != null && status.waiting().step().equals(step);
    }

    private static StepStatus status(MigrationStatus status, String id) {
        return status.steps().stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> states(MigrationStatus status) {
        return status.steps().stream()
                .map(step -> step.id() + " " + step.state())
                .toList();
    }
}
