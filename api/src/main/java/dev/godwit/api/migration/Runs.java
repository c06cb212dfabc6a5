package dev.godwit.api.migration;

import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemException;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.api.problem.Shown;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Finds the run that belongs to an id: first the service's latest, which the engine knows at once, then among all. */
@Singleton
final class Runs {
    private final Engine engine;
    private final MigrationIndex index;
    private final Timeouts timeouts;

    Runs(Engine engine, MigrationIndex index, Timeouts timeouts) {
        this.engine = engine;
        this.index = index;
        this.timeouts = timeouts;
    }

    /** The migration, or the problem that there is none. */
    Run find(String text) {
        return MigrationId.parse(text).flatMap(this::search).orElseThrow(() -> unknown(text));
    }

    private Optional<Run> search(MigrationId id) {
        Optional<Run> latest = latest(id.workflowId()).filter(run -> run.id().equals(id));
        return latest.isPresent()
                ? latest
                : index.run(id).flatMap(this::describe).filter(run -> run.id().equals(id));
    }

    /** The latest run of a service's workflow. */
    Optional<Run> latest(String workflowId) {
        return describe(WorkflowExecution.newBuilder().setWorkflowId(workflowId).build());
    }

    /** What the engine knows about a run now. */
    Optional<Run> describe(WorkflowExecution execution) {
        return description(execution)
                .flatMap(description -> Memo.text(description.getWorkflowExecutionInfo(), Memo.MIGRATION)
                        .flatMap(MigrationId::parse)
                        .map(id -> new Run(id, description)));
    }

    private Optional<DescribeWorkflowExecutionResponse> description(WorkflowExecution execution) {
        DescribeWorkflowExecutionRequest request = DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(engine.client().getOptions().getNamespace())
                .setExecution(execution)
                .build();
        try {
            return Optional.of(engine.ask(
                    timeouts.engine(),
                    () -> engine.client()
                            .getWorkflowServiceStubs()
                            .blockingStub()
                            .describeWorkflowExecution(request)));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static ProblemException unknown(String text) {
        return new ProblemException(Problem.of(
                ProblemType.UNKNOWN_MIGRATION,
                "Expected the id of a migration, but found none with the id '" + Shown.of(text)
                        + "'; GET /api/v1/migrations lists them"));
    }
}
