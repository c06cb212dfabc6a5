package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.migration.PreflightWorkflow;
import dev.godwit.workflows.migration.TaskQueue;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.spec.Spec;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.UUID;

/** Runs preflights and waits for their plans. */
@Singleton
final class Preflights {
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final Engine engine;
    private final Timeouts timeouts;

    Preflights(Engine engine, Timeouts timeouts) {
        this.engine = engine;
        this.timeouts = timeouts;
    }

    PlanView plan(Spec spec) {
        PreflightWorkflow workflow = engine.client()
                .newWorkflowStub(
                        PreflightWorkflow.class,
                        WorkflowOptions.newBuilder()
                                .setWorkflowId("preflight/" + spec.service() + "/" + UUID.randomUUID())
                                .setTaskQueue(TaskQueue.NAME)
                                // Nobody waits for it any longer.
                                .setWorkflowExecutionTimeout(
                                        timeouts.preflight().plus(GRACE))
                                .setStaticSummary("Looks at both servers of " + spec.service())
                                .build());
        try {
            engine.ask(timeouts.engine(), () -> WorkflowClient.start(workflow::plan, spec));
            return PlanView.of(
                    spec.service(),
                    engine.ask(
                            timeouts.preflight(),
                            () -> WorkflowStub.fromTyped(workflow).getResult(PlanReport.class)));
        } catch (WorkflowFailedException e) {
            throw ProblemType.PREFLIGHT_FAILED.because(words(e));
        }
    }

    private static String words(WorkflowFailedException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof ActivityFailure activity && activity.getCause() != null) {
            cause = activity.getCause();
        }
        return switch (cause) {
            case ApplicationFailure failure ->
                failure.getType() == null
                        ? failure.getOriginalMessage()
                        : failure.getType() + ": " + failure.getOriginalMessage();
            case TemporalFailure failure -> String.valueOf(failure.getOriginalMessage());
            case null, default ->
                "Expected a plan, but found that the preflight ended without one; see the worker's log";
        };
    }
}
