package dev.godwit.workflows.migration;

import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Watches a service through a soak: a timer with a short round of questions after each. It is a workflow of its own, so
 * that its thousands of rounds stay out of the migration's history.
 */
@WorkflowInterface
public interface WatchWorkflow {
    /** Watches until the period is over. Fails with {@code CHECK_FAILED} when the service is down for long. */
    @WorkflowMethod(name = "Watch")
    Outcome watch(Order order);

    /**
     * What to watch.
     *
     * @param until when it ends
     * @param period the whole soak
     * @param soFar what was seen by the runs before this one
     */
    record Order(MigrationContext migration, List<HttpCheck> checks, Instant until, Duration period, Watching soFar) {
        public Order {
            checks = List.copyOf(checks);
        }

        /** The same for the run that goes on. */
        Order with(Watching seen) {
            return new Order(migration, checks, until, period, seen);
        }
    }
}
