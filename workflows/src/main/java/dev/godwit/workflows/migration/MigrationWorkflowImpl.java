package dev.godwit.workflows.migration;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.dns.DnsStep.LowerTtl;
import dev.godwit.workflows.gates.Gate.AwaitApproval;
import dev.godwit.workflows.gates.Gate.KeepBudget;
import dev.godwit.workflows.gates.Gate.Soak;
import dev.godwit.workflows.gates.Gate.WaitOutTtl;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.plan.Stage;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Phase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The interpreter of a plan: for each step take its before-image, register its undo, act, record; at a gate wait. What
 * is done, and in which order, is the plan's; what may be decided is {@link FailurePolicy}'s and {@link CommandRules}'.
 */
public class MigrationWorkflowImpl implements MigrationWorkflow {
    private final Spec spec;
    private final BiFunction<Spec, Facts, Plan> planner;
    private final Hands hands;
    private final StatusBoard board;
    private final WayForward forward;
    private final Watch watch;
    private final Losses losses;
    private final Compensations compensations = new Compensations();
    private final Map<String, BeforeImage> images = new HashMap<>();
    private final TakenCommands taken = new TakenCommands();
    private Command.@Nullable Approve approval;
    private Command.@Nullable Decide decision;
    /** Whether a step waits for a decision: another one that fails in the same stage waits for its turn. */
    private boolean asking;
    /** The step that was tried once more because nobody decided. */
    private @Nullable PlannedStep triedLast;

    @WorkflowInit
    public MigrationWorkflowImpl(MigrationRequest request) {
        this(request, Planner::plan);
    }

    /** A build with another planner. */
    MigrationWorkflowImpl(MigrationRequest request, BiFunction<Spec, Facts, Plan> planner) {
        this.planner = planner;
        spec = request.spec();
        MigrationContext migration = new MigrationContext(request.id(), spec.service(), spec.source(), spec.target());
        board = new StatusBoard(request);
        hands = new Hands(migration, board::inOutage);
        forward = new WayForward(board);
        watch = new Watch(migration, board, forward);
        losses = new Losses(hands, spec);
    }

    @Override
    public MigrationStatus migrate(MigrationRequest request) {
        CancellationScope.current().getCancellationRequest().thenApply(this::cancelledInTemporal);
        try {
            forward.go(() -> preflight(request).plan().stages().forEach(this::perform));
            board.ends(End.FINISHED, null);
        } catch (RollBackRequested requested) {
            putBack(requested.reason());
        }
        Workflow.newDetachedCancellationScope(() -> Workflow.await(Workflow::isEveryHandlerFinished))
                .run();
        return board.status();
    }

    // ---- the way forward ----

    private PlanReport preflight(MigrationRequest request) {
        PlanReport report;
        try {
            report = Preflight.run(spec, planner);
        } catch (TemporalFailure failure) {
            throw Failure.isCancellation(failure)
                    ? forward.rolledBack()
                    : new RollBackRequested("the preflight could not look: "
                            + Failure.of(failure, Patience.INSPECT).words());
        }
        board.planned(report);
        if (!report.blockers().isEmpty()) {
            throw new RollBackRequested(report.blockers().stream()
                    .map(Finding::message)
                    .collect(Collectors.joining("; ", "the preflight found what keeps it from starting: ", "")));
        }
        if (request.planHash() != null
                && !request.planHash().equals(report.plan().hash())) {
            throw new RollBackRequested("the world has changed since the plan " + request.planHash()
                    + " was made; today's plan is " + report.plan().hash());
        }
        return report;
    }

    private void perform(Stage stage) {
        forward.endHereIfRolledBack();
        awaitResume(stage);
        if (board.status().phase() != stage.phase()) {
            board.enter(stage.phase());
            lookAhead(stage.phase());
            awaitResume(stage);
        }
        if (stage.steps().size() == 1) {
            perform(stage.steps().getFirst());
        } else {
            performTogether(stage);
        }
        if (stage.isPivot()) {
            board.passPivot();
        }
    }

    /** Runs all steps of a stage. Where one gives up, the others are cancelled, and awaited, before it unwinds. */
    private void performTogether(Stage stage) {
        List<Promise<Void>> running = new ArrayList<>();
        CancellationScope scope = Workflow.newCancellationScope(() ->
                stage.steps().forEach(planned -> running.add(Async.procedure(() -> perform(planned)))));
        scope.run();
        try {
            Promise.allOf(running).get();
        } catch (RollBackRequested requested) {
            scope.cancel();
            Workflow.newDetachedCancellationScope(
                            () -> Workflow.await(() -> running.stream().allMatch(Promise::isCompleted)))
                    .run();
            throw requested;
        }
    }

    private void perform(PlannedStep planned) {
        switch (planned.step()) {
            case Action action -> actUntilDecided(planned, action);
            case AwaitApproval _ -> awaitApproval(planned);
            case WaitOutTtl wait -> waitOutTtl(planned, wait);
            case KeepBudget budget -> keepBudget(planned, budget);
            case Soak soak -> soak(planned, soak);
            default -> throw new IllegalStateException("Expected an action or a gate, but found " + planned.id());
        }
    }

    /** Takes the before-images of the cutover before anything is held: its window holds nothing but acts. */
    private void lookAhead(Phase phase) {
        if (phase == Phase.CUTOVER) {
            for (PlannedStep planned : plan().steps()) {
                if (planned.phase() == phase && planned.step() instanceof Action action) {
                    untilDecided(planned, false, action.patience(), () -> {
                        image(planned, action);
                        board.looked(planned);
                    });
                }
            }
        }
    }

    private void actUntilDecided(PlannedStep planned, Action action) {
        untilDecided(planned, planned.step().skippable(), action.patience(), () -> {
            board.running(planned);
            BeforeImage before = image(planned, action);
            compensations.register(planned, action, before);
            board.beforeAct(planned);
            Outcome outcome = hands.act(planned, action, before);
            board.afterAct(planned);
            board.done(planned, outcome);
        });
    }

    /** Tries, and when the retries have ended asks a person; a rollback unwinds from here. */
    private void untilDecided(PlannedStep planned, boolean skippable, Patience patience, Runnable attempt) {
        for (Choice choice = Choice.RETRY; choice == Choice.RETRY; ) {
            try {
                attempt.run();
                return;
            } catch (TemporalFailure failure) {
                if (Failure.isCancellation(failure)) {
                    throw forward.rolledBack();
                }
                Failure why = Failure.of(failure, patience);
                board.failed(planned, why);
                choice = awaitDecision(planned, skippable, why);
            }
        }
        board.skipped(planned);
    }

    private BeforeImage image(PlannedStep planned, Action action) {
        BeforeImage known = images.get(planned.id());
        if (known == null) {
            known = hands.look(planned, action);
            images.put(planned.id(), known);
        }
        return known;
    }

    // ---- waits ----

    private void awaitResume(Stage next) {
        if (board.paused()) {
            board.waitFor(Waits.resume(next.steps().getFirst()));
            forward.await(() -> !board.paused());
        }
    }

    private void awaitApproval(PlannedStep planned) {
        board.waitingAt(planned, Waits.approval(planned, board.status()));
        forward.await(() -> approval != null);
        board.done(planned, Outcome.of("approved"));
    }

    private void waitOutTtl(PlannedStep planned, WaitOutTtl wait) {
        Instant until = board.endOf(LowerTtl.class).orElseGet(Moment::now).plus(wait.observed());
        board.waitingAt(planned, Waits.ttl(planned, wait.observed(), until));
        decision = null;
        forward.awaitUntil(until, () -> decision != null);
        if (decision == null) {
            board.done(planned, Outcome.of("waited out"));
        } else {
            board.skipped(planned);
        }
    }

    private void keepBudget(PlannedStep planned, KeepBudget budget) {
        untilDecided(planned, false, Patience.LOOK, () -> {
            board.running(planned);
            Duration predicted = Objects.requireNonNullElse(board.status().predictedOutage(), Duration.ZERO);
            if (predicted.compareTo(budget.outage()) > 0) {
                throw FailureType.OVER_BUDGET.because(Waits.overBudget(budget.outage(), predicted));
            }
            board.done(planned, Outcome.of("predicted " + Durations.format(predicted)));
        });
    }

    private void soak(PlannedStep planned, Soak soak) {
        untilDecided(planned, planned.step().skippable(), Patience.WATCH, () -> {
            board.running(planned);
            board.done(planned, watch.watch(planned, soak));
        });
    }

    /**
     * Asks a person; of the steps of a stage one at a time.
     *
     * @throws RollBackRequested if the decision is to roll back, or nobody decides in time
     */
    private Choice awaitDecision(PlannedStep planned, boolean skippable, Failure why) {
        forward.awaitTurn(() -> !asking);
        asking = true;
        try {
            return ask(planned, skippable, why);
        } finally {
            asking = false;
        }
    }

    /** While visitors wait, nobody may wait for ever: the budget bounds the time for a decision, then Godwit rolls back. */
    private Choice ask(PlannedStep planned, boolean skippable, Failure why) {
        if (planned.equals(triedLast)) {
            throw new RollBackRequested(Waits.nobodyDecided(planned, why, spec.budget()));
        }
        List<Choice> choices = FailurePolicy.choices(skippable, board.pastPivot());
        Instant until = board.inOutage() ? Moment.now().plus(spec.budget().decision()) : null;
        board.waitFor(Waits.decision(planned, why, choices, until));
        decision = null;
        if (until == null) {
            forward.await(() -> decision != null);
        } else {
            forward.awaitUntil(until, () -> decision != null);
        }
        if (decision == null && planned.isPivot()) {
            // A pivot that could not be proved may have happened: the last look decides, not the clock.
            triedLast = planned;
            return Choice.RETRY;
        }
        if (decision == null) {
            throw new RollBackRequested(Waits.nobodyDecided(planned, why, spec.budget()));
        }
        if (decision.choice() == Choice.ROLL_BACK) {
            throw new RollBackRequested(Waits.failed(planned, why));
        }
        return decision.choice();
    }

    // ---- the way back ----

    private void putBack(String reason) {
        board.undoBegins(reason);
        boolean touched = !compensations.isEmpty();
        for (List<PlannedStep> failed = compensations.undoAll(hands, board);
                !failed.isEmpty();
                failed = compensations.undoAll(hands, board)) {
            if (decideUndo(failed) == Choice.SKIP) {
                compensations.giveUp(failed);
            }
        }
        List<PlannedStep> givenUp = compensations.leftAsTheyAre();
        String left = givenUp.isEmpty() ? "" : "; not taken back: " + Waits.ids(givenUp);
        if (touched && givenUp.isEmpty()) {
            left = cleanUp().map(why -> "; not cleaned up: " + why).orElse("");
        }
        board.ends(End.ROLLED_BACK, reason + left);
    }

    private Choice decideUndo(List<PlannedStep> failed) {
        board.waitFor(Waits.undo(
                failed.stream().map(board::status).toList(), FailurePolicy.undoChoices(failed, board.inOutage())));
        decision = null;
        Workflow.newDetachedCancellationScope(() -> Workflow.await(() -> decision != null))
                .run();
        board.waitOver();
        return decision == null ? Choice.RETRY : decision.choice();
    }

    /**
     * What is left behind on the servers after a rollback is ours alone: worth telling, not worth waiting for.
     *
     * @return why it could not be removed
     */
    private Optional<String> cleanUp() {
        List<String> failed = new ArrayList<>();
        Workflow.newDetachedCancellationScope(() -> {
                    try {
                        board.note("cleaned up", hands.cleanUp().summary());
                    } catch (TemporalFailure failure) {
                        failed.add(Failure.of(failure, Patience.UNDO).words());
                        board.note("clean-up failed", failed.getFirst());
                    }
                })
                .run();
        return failed.stream().findFirst();
    }

    private @Nullable Void cancelledInTemporal(String why) {
        Command.RollBack command = new Command.RollBack("temporal", "cancelled in Temporal: " + why, false);
        Optional<String> refusal = board.pastPivot()
                ? Optional.of("a cancellation cannot accept a loss")
                : CommandRules.refusal(board.status(), command);
        refusal.ifPresentOrElse(words -> board.note("cancellation ignored", words), () -> forward.rollBack(command));
        return null;
    }

    private Plan plan() {
        return board.report().orElseThrow().plan();
    }

    // ---- what people say ----
    // A wait is over as soon as somebody ends it, though the thread that waits hears of it later: the answer says so,
    // and whoever speaks next is refused.

    @Override
    public MigrationStatus status() {
        return board.status();
    }

    @Override
    public List<CommandId> takenCommands() {
        return taken.ids();
    }

    @Override
    public List<JournalEntry> journal() {
        return board.journal();
    }

    @Override
    public PlanReport planMade() {
        Workflow.await(() -> board.report().isPresent() || board.status().end() != null);
        return board.report()
                .orElseThrow(() -> ApplicationFailure.newNonRetryableFailure(
                        String.valueOf(board.status().endReason()), DOES_NOT_FIT));
    }

    @Override
    public MigrationStatus approve(Command.Approve command) {
        taken.take();
        approval = command;
        board.waitOver();
        board.said(command, "approved", null, command.planHash());
        return board.status();
    }

    @Override
    public void validateApprove(Command.Approve command) {
        validate(command);
    }

    @Override
    public MigrationStatus pause(Command.Pause command) {
        taken.take();
        board.pause(true);
        board.said(command, "paused", null, null);
        return board.status();
    }

    @Override
    public void validatePause(Command.Pause command) {
        validate(command);
    }

    @Override
    public MigrationStatus resume(Command.Resume command) {
        taken.take();
        board.pause(false);
        board.waitOver(Waiting.For.RESUME);
        board.said(command, "resumed", null, null);
        return board.status();
    }

    @Override
    public void validateResume(Command.Resume command) {
        validate(command);
    }

    @Override
    public MigrationStatus decide(Command.Decide command) {
        taken.take();
        decision = command;
        board.waitOver();
        board.said(command, "decided " + command.choice(), command.step(), null);
        return board.status();
    }

    @Override
    public void validateDecide(Command.Decide command) {
        validate(command);
    }

    @Override
    public MigrationStatus rollBack(Command.RollBack command) {
        taken.take();
        if (board.pastPivot() && !command.acceptLoss()) {
            Losses.Estimate estimate = losses.estimate();
            board.said(command, "roll back refused", null, "it would lose " + estimate.words());
            throw estimate.refusal();
        }
        forward.rollBack(command);
        return board.status();
    }

    @Override
    public void validateRollBack(Command.RollBack command) {
        validate(command);
    }

    @Override
    public MigrationStatus finish(Command.Finish command) {
        taken.take();
        watch.finish(command);
        return board.status();
    }

    @Override
    public void validateFinish(Command.Finish command) {
        validate(command);
    }

    private void validate(Command command) {
        CommandRules.refusal(board.status(), command).ifPresent(why -> {
            throw ApplicationFailure.newNonRetryableFailure(why, DOES_NOT_FIT);
        });
    }
}
