package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.migration.PreflightWorkflow;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.TaskQueue;
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
    private final Runs runs;
    private final Timeouts timeouts;

    Preflights(Engine engine, Runs runs, Timeouts timeouts) {
        this.engine = engine;
        this.runs = runs;
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
            PlanView plan = PlanView.of(
                    spec.service(),
                    engine.ask(
                            timeouts.preflight(),
                            () -> WorkflowStub.fromTyped(workflow).getResult(PlanReport.class)));
            return runs.latest(MigrationWorkflow.workflowId(spec.service()))
                    .filter(Run::isOpen)
                    .map(run -> plan.blockedBy(moving(run)))
                    .orElse(plan);
        } catch (WorkflowFailedException e) {
            throw ProblemType.PREFLIGHT_FAILED.because(words(e));
        }
    }

    /** What a migration that is under way has made on the servers is not told apart from what others made. */
    private static Finding moving(Run run) {
        return Finding.blocker(
                "service-moving",
                "/service",
                "Expected a service at rest, but found that " + run.id().service() + " is moving since "
                        + run.startedAt(),
                "wait for the end of " + run.id().text()
                        + " or roll it back; what the other findings tell may be its doing");
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
