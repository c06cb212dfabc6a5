package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CommandRulesTest {
    private static final String HASH = "a".repeat(64);
    private static final Command APPROVE = new Command.Approve("ann", "go", HASH);
    private static final Command APPROVE_OTHER = new Command.Approve("ann", "go", "b".repeat(64));
    private static final Command PAUSE = new Command.Pause("ann", "lunch");
    private static final Command RESUME = new Command.Resume("ann", "back");
    private static final Command RETRY = new Command.Decide("ann", "mended", "serve-page", Choice.RETRY);
    private static final Command SKIP = new Command.Decide("ann", "known", "serve-page", Choice.SKIP);
    private static final Command RETRY_OTHER = new Command.Decide("ann", "mended", "lower-ttl", Choice.RETRY);
    private static final Command ROLL_BACK = new Command.RollBack("ann", "enough", false);
    private static final Command FINISH = new Command.Finish("ann", "done");

    private static final State PREPARING = new State(Phase.PREPARE);
    private static final State WAITING_OUT = new State(Phase.REHEARSE).waiting(Waiting.For.TIME, Choice.SKIP);
    private static final State AT_GATE = new State(Phase.REHEARSE).waiting(Waiting.For.APPROVAL);
    private static final State FAILED =
            new State(Phase.CUTOVER).waiting(Waiting.For.DECISION, Choice.RETRY, Choice.ROLL_BACK);
    private static final State PAGE_UP = new State(Phase.CUTOVER).serving(Serving.PAGE);
    private static final State AT_PIVOT =
            new State(Phase.CUTOVER).serving(Serving.PAGE).atPivot();
    private static final State SOAKING = new State(Phase.SOAK).serving(Serving.TARGET);
    private static final State WATCHED = SOAKING.waiting(Waiting.For.TIME);
    private static final State SOAKED = SOAKING.paused().waiting(Waiting.For.RESUME);
    private static final State SOAK_FAILED = SOAKING.waiting(Waiting.For.DECISION, Choice.RETRY, Choice.SKIP);
    private static final State FINISHING = new State(Phase.FINISH).serving(Serving.TARGET);
    private static final State UNDOING = new State(Phase.CUTOVER).undone();
    private static final State UNDO_FAILED = UNDOING.waiting(Waiting.For.DECISION, Choice.RETRY, Choice.SKIP);
    private static final State PAUSED = new State(Phase.PREPARE).paused().waiting(Waiting.For.RESUME);
    private static final State OVER = new State(Phase.FINISH).over();

    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of(AT_GATE, APPROVE, null),
                Arguments.of(AT_GATE, APPROVE_OTHER, "hash of the plan"),
                Arguments.of(PREPARING, APPROVE, "waits for an approval"),
                Arguments.of(FAILED, APPROVE, "waits for DECISION"),
                Arguments.of(PREPARING, PAUSE, null),
                Arguments.of(PAUSED, PAUSE, "it is paused"),
                Arguments.of(PAGE_UP, PAUSE, "the maintenance page is up"),
                Arguments.of(UNDOING, PAUSE, "it rolls back"),
                Arguments.of(PAUSED, RESUME, null),
                Arguments.of(PREPARING, RESUME, "it is not paused"),
                Arguments.of(FAILED, RETRY, null),
                Arguments.of(FAILED, SKIP, "one of [RETRY, ROLL_BACK]"),
                Arguments.of(FAILED, RETRY_OTHER, "a decision about serve-page"),
                Arguments.of(PREPARING, RETRY, "waits for a decision"),
                Arguments.of(AT_GATE, RETRY, "waits for a decision"),
                Arguments.of(PREPARING, ROLL_BACK, null),
                Arguments.of(PAGE_UP, ROLL_BACK, null),
                Arguments.of(AT_PIVOT, ROLL_BACK, "the pivot is under way"),
                Arguments.of(SOAKING, ROLL_BACK, null),
                Arguments.of(FINISHING, ROLL_BACK, "the way back is being removed"),
                Arguments.of(UNDOING, ROLL_BACK, "it rolls back already"),
                Arguments.of(WATCHED, FINISH, null),
                Arguments.of(SOAKING, FINISH, "it is at work in phase SOAK"),
                Arguments.of(SOAKED, FINISH, "it waits for RESUME"),
                Arguments.of(SOAK_FAILED, FINISH, "decide about serve-page"),
                Arguments.of(PREPARING, FINISH, "a migration that soaks"),
                Arguments.of(FINISHING, FINISH, "a migration that soaks"),
                Arguments.of(OVER, FINISH, "it is over"),
                Arguments.of(OVER, ROLL_BACK, "it is over"),
                Arguments.of(OVER, APPROVE, "it is over"));
    }

    static Stream<Arguments> whatFits() {
        return Stream.of(
                Arguments.of(PREPARING, APPROVE, "wait until it does"),
                Arguments.of(FINISHING, APPROVE, "let it go on"),
                Arguments.of(FAILED, APPROVE, "decide about serve-page: one of [RETRY, ROLL_BACK]"),
                Arguments.of(PAUSED, APPROVE, "resume it"),
                Arguments.of(UNDOING, APPROVE, "let it end"),
                Arguments.of(PAUSED, PAUSE, "resume it"),
                Arguments.of(PREPARING, RESUME, "let it go on"),
                Arguments.of(AT_GATE, RESUME, "approve the plan, or roll back"),
                Arguments.of(PREPARING, RETRY, "wait until it asks for one"),
                Arguments.of(AT_GATE, RETRY, "approve the plan, or roll back"),
                Arguments.of(PAUSED, RETRY, "resume it"),
                Arguments.of(WATCHED, RETRY, "finish it, or let it wait"),
                Arguments.of(UNDOING, RETRY, "let it end"),
                Arguments.of(PREPARING, FINISH, "wait for phase SOAK"),
                Arguments.of(WAITING_OUT, FINISH, "decide about serve-page: one of [SKIP], or let it wait"),
                Arguments.of(SOAK_FAILED, FINISH, "decide about serve-page: one of [RETRY, SKIP]"),
                Arguments.of(FINISHING, FINISH, "let it go on"),
                Arguments.of(SOAKED, FINISH, "resume it"),
                Arguments.of(UNDO_FAILED, FINISH, "decide about serve-page: one of [RETRY, SKIP]"),
                Arguments.of(OVER, RESUME, "start a new one"));
    }

    @ParameterizedTest
    @MethodSource("whatFits")
    void shouldSayWhatFitsInstead(State state, Command command, String instead) {
        assertThat(CommandRules.refusal(state.status(), command))
                .hasValueSatisfying(words -> assertThat(words).endsWith("; what fits: " + instead));
    }

    @ParameterizedTest
    @MethodSource("table")
    void shouldAcceptOrSayWhy(State state, Command command, @Nullable String refusal) {
        var refused = CommandRules.refusal(state.status(), command);

        if (refusal == null) {
            assertThat(refused).isEmpty();
        } else {
            assertThat(refused).hasValueSatisfying(words -> assertThat(words).contains(refusal));
        }
    }

    /** The parts of a status that the rules read. */
    record State(
            Phase phase,
            Serving serving,
            @Nullable Waiting waiting,
            boolean isPaused,
            boolean isUndoing,
            boolean isAtPivot,
            @Nullable End end) {
        State(Phase phase) {
            this(phase, Serving.SOURCE, null, false, false, false, null);
        }

        State serving(Serving side) {
            return new State(phase, side, waiting, isPaused, isUndoing, isAtPivot, end);
        }

        State waiting(Waiting.For what, Choice... choices) {
            return new State(
                    phase,
                    serving,
                    new Waiting(what, "serve-page", "it failed", null, List.of(choices)),
                    isPaused,
                    isUndoing,
                    isAtPivot,
                    end);
        }

        State paused() {
            return new State(phase, serving, waiting, true, isUndoing, isAtPivot, end);
        }

        State undone() {
            return new State(phase, serving, waiting, isPaused, true, isAtPivot, end);
        }

        State atPivot() {
            return new State(phase, serving, waiting, isPaused, isUndoing, true, end);
        }

        State over() {
            return new State(phase, serving, waiting, isPaused, isUndoing, isAtPivot, End.FINISHED);
        }

        MigrationStatus status() {
            List<StepStatus> steps = Planner.plan(Specs.shop(), Specs.facts()).steps().stream()
                    .filter(PlannedStep::isPivot)
                    .map(pivot -> StepStatus.pending(pivot)
                            .begun(isAtPivot ? StepState.RUNNING : StepState.PENDING, Instant.EPOCH))
                    .toList();
            return new MigrationStatus(
                    "shop-1",
                    "shop.example.org",
                    Instant.EPOCH,
                    phase,
                    serving,
                    phase.compareTo(Phase.SOAK) >= 0,
                    HASH,
                    List.of(),
                    steps,
                    waiting,
                    isPaused,
                    isUndoing,
                    null,
                    null,
                    end,
                    null,
                    null,
                    1);
        }
    }
}
