package dev.godwit.workflows.migration;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.gates.Gate.Soak;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The soak: watched until the period is over or somebody says finish. */
final class Watch {
    /** How long a target is watched that had failed, and is said to be mended after the soak's time. */
    private static final Duration LAST_LOOK = Duration.ofMinutes(10);

    private final MigrationContext migration;
    private final StatusBoard board;
    private final WayForward forward;
    private Command.@Nullable Finish finish;

    Watch(MigrationContext migration, StatusBoard board, WayForward forward) {
        this.migration = migration;
        this.board = board;
        this.forward = forward;
    }

    void finish(Command.Finish command) {
        finish = command;
        board.waitOver(Waiting.For.TIME);
        board.said(command, "said finish", null, null);
    }

    Outcome watch(PlannedStep planned, Soak soak) {
        Instant startedAt = board.status(planned).startedAt();
        Instant until = (startedAt == null ? Moment.now() : startedAt).plus(soak.period());
        // Only a retry can come so late.
        if (!Moment.now().isBefore(until)) {
            until = Moment.now().plus(Durations.shorter(soak.period(), LAST_LOOK));
        }
        board.waitingAt(planned, Waits.soak(planned, until));
        CompletablePromise<Outcome> watched = Workflow.newPromise();
        Instant end = until;
        CancellationScope scope = Workflow.newCancellationScope(() -> watched.completeFrom(Async.function(
                child()::watch,
                new WatchWorkflow.Order(migration, soak.checks(), end, soak.period(), Watching.START))));
        scope.run();
        forward.await(() -> finish != null || watched.isCompleted());
        if (finish == null) {
            return watched.get();
        }
        scope.cancel();
        board.waitOver();
        return Outcome.of("ended by " + finish.actor());
    }

    private WatchWorkflow child() {
        return Workflow.newChildWorkflowStub(
                WatchWorkflow.class,
                ChildWorkflowOptions.newBuilder()
                        .setWorkflowId("watch/" + migration.id() + "/" + Workflow.randomUUID())
                        .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE)
                        // Nobody waits for what only looks.
                        .setCancellationType(ChildWorkflowCancellationType.TRY_CANCEL)
                        .setStaticSummary("watch the service")
                        .build());
    }
}
