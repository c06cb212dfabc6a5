package dev.godwit.workflows.migration;

import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What goes forward until somebody says roll back: then its waits end, and the step that acts is cancelled. */
final class WayForward {
    private final StatusBoard board;
    private @Nullable CancellationScope scope;
    private Command.@Nullable RollBack rollBack;

    WayForward(StatusBoard board) {
        this.board = board;
    }

    /**
     * Goes.
     *
     * @throws RollBackRequested where it was when somebody said so
     */
    void go(Runnable steps) {
        // Detached: a cancellation from Temporal's own tools is a rollback like any other, or refused like any other.
        scope = Workflow.newDetachedCancellationScope(steps);
        scope.run();
    }

    void rollBack(Command.RollBack command) {
        rollBack = command;
        board.rollBackSaid();
        board.said(command, "said roll back", null, command.acceptLoss() ? "a loss of writes is accepted" : null);
        if (scope != null) {
            scope.cancel(rollBackReason());
        }
    }

    void endHereIfRolledBack() {
        await(() -> true);
    }

    void await(BooleanSupplier condition) {
        interruptibly(() -> Workflow.await(() -> rollBack != null || condition.getAsBoolean()));
    }

    /** Waits for others of the same stage; what the migration waits for stays as it is. */
    void awaitTurn(BooleanSupplier condition) {
        rollBackInstead(() -> Workflow.await(() -> rollBack != null || condition.getAsBoolean()));
    }

    void awaitUntil(Instant until, BooleanSupplier condition) {
        Duration left = Duration.between(Moment.now(), until);
        if (left.isPositive()) {
            interruptibly(() -> Workflow.await(left, () -> rollBack != null || condition.getAsBoolean()));
        }
    }

    private void interruptibly(Runnable wait) {
        rollBackInstead(wait);
        board.waitOver();
    }

    private void rollBackInstead(Runnable wait) {
        try {
            wait.run();
        } catch (CanceledFailure cancelled) {
            throw rolledBack();
        }
        if (rollBack != null) {
            throw rolledBack();
        }
    }

    /** What unwinds it. */
    RollBackRequested rolledBack() {
        return new RollBackRequested(rollBackReason());
    }

    private String rollBackReason() {
        if (rollBack == null) {
            return "cancelled";
        }
        return rollBack.actor() + " said roll back" + (rollBack.reason() == null ? "" : ": " + rollBack.reason());
    }
}
