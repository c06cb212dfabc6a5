package dev.godwit.workflows.migration;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Step;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The soak: watched in stretches, until the period is over or somebody says finish. */
final class Watch {
    /** How long a target is watched that had failed, and is said to be mended after the soak's time. */
    private static final Duration LAST_LOOK = Duration.ofMinutes(10);

    /** The longest stretch of a soak in one activity: bounds what a dead worker can hide. */
    private static final Duration STRETCH = Duration.ofHours(1);

    private final Hands hands;
    private final StatusBoard board;
    private final WayForward forward;
    private Command.@Nullable Finish finish;

    Watch(Hands hands, StatusBoard board, WayForward forward) {
        this.hands = hands;
        this.board = board;
        this.forward = forward;
    }

    void finish(Command.Finish command) {
        finish = command;
        board.waitOver(Waiting.For.TIME);
        board.said(command, "said finish", null, null);
    }

    Outcome watch(PlannedStep planned, Step.Soak soak) {
        Instant startedAt = board.status(planned).startedAt();
        Instant until = (startedAt == null ? Moment.now() : startedAt).plus(soak.period());
        // Only a retry can come so late.
        if (!Moment.now().isBefore(until) && Change.LATE_RETRY_OF_SOAK.isMade()) {
            until = Moment.now().plus(Durations.shorter(soak.period(), LAST_LOOK));
        }
        Outcome last = Outcome.of("watched until then");
        while (finish == null && Moment.now().isBefore(until)) {
            Duration left = Duration.between(Moment.now(), until);
            Duration stretch = Durations.shorter(left, STRETCH);
            board.waitingAt(planned, Waits.soak(planned, until));
            Instant end = Moment.now().plus(stretch);
            last = watchStretch(planned, new Step.Soak(stretch, soak.checks()), last);
            // The wait for the watch is over, that for the time is not.
            board.waitFor(Waits.soak(planned, until));
            forward.awaitUntil(end, () -> finish != null);
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
        forward.await(() -> finish != null || watched.isCompleted());
        if (watched.isCompleted()) {
            return watched.get();
        }
        scope.cancel();
        if (Change.FINISH_AT_ONCE.isMade()) {
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
}
