package dev.godwit.workflows.migration;

import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.plan.Phase;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.spec.Spec;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The interpreter of a plan: for each step take its before-image, register its undo, act, record; at a gate wait. What
 * is done, and in which order, is the plan's; what may be decided is {@link FailurePolicy}'s and {@link CommandRules}'.
 */
public class MigrationWorkflowImpl implements MigrationWorkflow {
    /** A change id of ADR 5. */
    private static final String FINISH_AT_ONCE = "finish-at-once";

    /** The longest stretch of a soak in one activity: bounds what a dead worker can hide. */
    private static final Duration WATCH = Duration.ofHours(1);

    private final Spec spec;
    private final BiFunction<Spec, Facts, Plan> planner;
    private final Hands hands;
    private final StatusBoard board;
    private final Losses losses;
    private final Compensations compensations = new Compensations();
    private final Map<String, BeforeImage> images = new HashMap<>();
    private @Nullable CancellationScope work;
    private Command.@Nullable Approve approval;
    private Command.@Nullable Decide decision;
    private Command.@Nullable RollBack rollBack;
    private Command.@Nullable Finish finish;
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
        hands = new Hands(new MigrationContext(request.id(), spec.service(), spec.source(), spec.target()));
        board = new StatusBoard(request);
        losses = new Losses(hands, spec.databases());
    }

    @Override
    public MigrationStatus migrate(MigrationRequest request) {
        CancellationScope.current().getCancellationRequest().thenApply(this::cancelledInTemporal);
        try {
            // Detached: a cancellation from Temporal's own tools is a rollback like any other, or refused like any
            // other.
            work = Workflow.newDetachedCancellationScope(
                    () -> preflight(request).plan().steps().forEach(this::perform));
            work.run();
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
            throw new RollBackRequested(
                    Failure.isCancellation(failure)
                            ? rollBackReason()
                            : "the preflight could not look: "
                                    + Failure.of(failure, StepOptions.INSPECT).words());
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

    private void perform(PlannedStep planned) {
        endHereIfRolledBack();
        awaitResume(planned);
        if (board.status().phase() != planned.phase()) {
            board.enter(planned.phase());
            lookAhead(planned.phase());
        }
        if (planned.step() instanceof Step.Gate gate) {
            switch (gate) {
                case Step.AwaitApproval ignored -> awaitApproval(planned);
                case Step.WaitOutTtl wait -> waitOutTtl(planned, wait);
            }
        } else {
            actUntilDecided(planned);
        }
        if (planned.pivot()) {
            board.passPivot();
        }
    }

    /** Takes the before-images of the cutover before anything is held: its window holds nothing but acts. */
    private void lookAhead(Phase phase) {
        if (phase == Phase.CUTOVER) {
            plan().steps().stream()
                    .filter(planned -> planned.phase() == phase)
                    .forEach(planned -> untilDecided(planned, false, () -> image(planned)));
        }
    }

    private void actUntilDecided(PlannedStep planned) {
        untilDecided(planned, planned.step().skippable(), () -> {
            board.running(planned);
            BeforeImage before = image(planned);
            compensations.register(planned, before);
            Serving.beforeAct(planned.step(), board);
            Outcome outcome =
                    planned.step() instanceof Step.Soak soak ? watch(planned, soak) : hands.act(planned, before);
            Serving.afterAct(planned.step(), board);
            board.done(planned, outcome);
        });
    }

    /** Tries, and when the retries have ended asks a person; a rollback unwinds from here. */
    private void untilDecided(PlannedStep planned, boolean skippable, Runnable attempt) {
        for (Choice choice = Choice.RETRY; choice == Choice.RETRY; ) {
            try {
                attempt.run();
                return;
            } catch (TemporalFailure failure) {
                if (Failure.isCancellation(failure)) {
                    throw new RollBackRequested(rollBackReason());
                }
                Failure why = Failure.of(failure, StepOptions.of(planned.step()));
                board.failed(planned, why);
                choice = awaitDecision(planned, skippable, why);
            }
        }
        board.skipped(planned);
    }

    private BeforeImage image(PlannedStep planned) {
        BeforeImage known = images.get(planned.id());
        if (known == null) {
            known = hands.look(planned);
            images.put(planned.id(), known);
        }
        return known;
    }

    // ---- waits ----

    private void awaitResume(PlannedStep planned) {
        if (board.paused()) {
            board.waitFor(Waits.resume(planned));
            await(() -> !board.paused());
        }
    }

    private void awaitApproval(PlannedStep planned) {
        board.waitingAt(planned, Waits.approval(planned, board.status()));
        await(() -> approval != null);
        board.done(planned, Outcome.of("approved"));
    }

    private void waitOutTtl(PlannedStep planned, Step.WaitOutTtl wait) {
        Instant until = board.endOf(Step.LowerTtl.class).orElseGet(Moment::now).plus(wait.observed());
        board.waitingAt(planned, Waits.ttl(planned, wait.observed(), until));
        decision = null;
        awaitUntil(until, () -> decision != null);
        if (decision == null) {
            board.done(planned, Outcome.of("waited out"));
        } else {
            board.skipped(planned);
        }
    }

    /** While visitors wait, nobody may wait for ever: the budget bounds the time for a decision, then Godwit rolls back. */
    private Choice awaitDecision(PlannedStep planned, boolean skippable, Failure why) {
        if (planned.equals(triedLast)) {
            throw new RollBackRequested(Waits.nobodyDecided(planned, why, spec.budget()));
        }
        List<Choice> choices = FailurePolicy.choices(skippable, board.pastPivot());
        Instant until = board.inOutage() ? Moment.now().plus(spec.budget().decision()) : null;
        board.waitFor(Waits.decision(planned, why, choices, until));
        decision = null;
        if (until == null) {
            await(() -> decision != null);
        } else {
            awaitUntil(until, () -> decision != null);
        }
        if (decision == null && planned.pivot()) {
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

    /** Watches in stretches, until the period is over or somebody says finish. */
    private Outcome watch(PlannedStep planned, Step.Soak soak) {
        Instant until = board.status().steps().stream()
                .filter(step -> step.id().equals(planned.id()))
                .map(StepStatus::startedAt)
                .findFirst()
                .orElseGet(Moment::now)
                .plus(soak.period());
        Outcome last = Outcome.of("watched until then");
        while (finish == null && Moment.now().isBefore(until)) {
            Duration left = Duration.between(Moment.now(), until);
            Duration stretch = left.compareTo(WATCH) < 0 ? left : WATCH;
            board.waitingAt(planned, Waits.soak(planned, until));
            Instant end = Moment.now().plus(stretch);
            last = watchStretch(planned, new Step.Soak(stretch, soak.checks()), last);
            awaitUntil(end, () -> finish != null);
        }
        board.waitOver();
        return finish == null ? last : Outcome.of("ended by " + finish.actor() + "; " + last.summary());
    }

    private Outcome watchStretch(PlannedStep planned, Step.Soak stretch, Outcome before) {
        PlannedStep part = new PlannedStep(planned.id(), planned.phase(), stretch, planned.pivot(), planned.estimate());
        CompletablePromise<Outcome> watched = Workflow.newPromise();
        CancellationScope scope = Workflow.newCancellationScope(
                () -> watched.completeFrom(Async.function(hands::act, part, (BeforeImage) BeforeImage.NOTHING)));
        scope.run();
        await(() -> finish != null || watched.isCompleted());
        if (watched.isCompleted()) {
            return watched.get();
        }
        scope.cancel();
        if (Workflow.getVersion(FINISH_AT_ONCE, Workflow.DEFAULT_VERSION, 1) == 1) {
            // Its worker may be dead: then it ends a minute later, as a failure that nobody has to decide about.
            return before;
        }
        try {
            return watched.get();
        } catch (TemporalFailure failure) {
            if (Failure.isCancellation(failure)) {
                return before;
            }
            throw failure;
        }
    }

    private void endHereIfRolledBack() {
        await(() -> true);
    }

    private void await(BooleanSupplier condition) {
        interruptibly(() -> Workflow.await(() -> rollBack != null || condition.getAsBoolean()));
    }

    private void awaitUntil(Instant until, BooleanSupplier condition) {
        Duration left = Duration.between(Moment.now(), until);
        if (left.isPositive()) {
            interruptibly(() -> Workflow.await(left, () -> rollBack != null || condition.getAsBoolean()));
        }
    }

    private void interruptibly(Runnable wait) {
        try {
            wait.run();
        } catch (CanceledFailure cancelled) {
            throw new RollBackRequested(rollBackReason());
        }
        if (rollBack != null) {
            throw new RollBackRequested(rollBackReason());
        }
        board.waitOver();
    }

    // ---- the way back ----

    private void putBack(String reason) {
        board.undoBegins(reason);
        boolean touched = !compensations.isEmpty();
        List<PlannedStep> givenUp = new ArrayList<>();
        for (List<PlannedStep> failed = compensations.undoAll(hands, board);
                !failed.isEmpty();
                failed = compensations.undoAll(hands, board)) {
            if (decideUndo(failed) == Choice.SKIP) {
                compensations.giveUp(failed);
                givenUp.addAll(failed);
            }
        }
        if (touched && givenUp.isEmpty()) {
            cleanUp();
        }
        board.ends(End.ROLLED_BACK, givenUp.isEmpty() ? reason : reason + "; not taken back: " + Waits.ids(givenUp));
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

    /** What is left behind on the servers after a rollback is ours alone: worth a note, not worth waiting for. */
    private void cleanUp() {
        Workflow.newDetachedCancellationScope(() -> {
                    try {
                        board.note("cleaned up", hands.cleanUp().summary());
                    } catch (TemporalFailure failure) {
                        board.note(
                                "clean-up failed",
                                Failure.of(failure, StepOptions.UNDO).words());
                    }
                })
                .run();
    }

    private String rollBackReason() {
        if (rollBack == null) {
            return "cancelled";
        }
        return rollBack.actor() + " said roll back" + (rollBack.reason() == null ? "" : ": " + rollBack.reason());
    }

    private void startRollBack(Command.RollBack command) {
        rollBack = command;
        board.rollBackSaid();
        board.said(command, "said roll back", null, command.acceptLoss() ? "a loss of writes is accepted" : null);
        if (work != null) {
            work.cancel(rollBackReason());
        }
    }

    private @Nullable Void cancelledInTemporal(String why) {
        Command.RollBack command = new Command.RollBack("temporal", "cancelled in Temporal: " + why, false);
        Optional<String> refusal = board.pastPivot()
                ? Optional.of("a cancellation cannot accept a loss")
                : CommandRules.refusal(board.status(), command);
        refusal.ifPresentOrElse(words -> board.note("cancellation ignored", words), () -> startRollBack(command));
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
        if (board.pastPivot() && !command.acceptLoss()) {
            Losses.Estimate estimate = losses.estimate();
            board.said(command, "roll back refused", null, "it would lose " + estimate.words());
            throw estimate.refusal();
        }
        startRollBack(command);
        return board.status();
    }

    @Override
    public void validateRollBack(Command.RollBack command) {
        validate(command);
    }

    @Override
    public MigrationStatus finish(Command.Finish command) {
        finish = command;
        board.waitOver(Waiting.For.TIME);
        board.said(command, "said finish", null, null);
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
