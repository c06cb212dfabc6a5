package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemException;
import dev.godwit.workflows.step.TaskQueue;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Looks whether the engine answers and whether a worker asks it for work. */
@Singleton
final class Health {
    /** A worker asks again after at most 60 s; the engine lists it for minutes after its death. */
    private static final Duration LATELY = Duration.ofSeconds(75);

    private final Engine engine;
    private final Timeouts timeouts;

    Health(Engine engine, Timeouts timeouts) {
        this.engine = engine;
        this.timeouts = timeouts;
    }

    HealthView now() {
        try {
            boolean worker = pollers().stream()
                    .anyMatch(poller -> Run.instant(poller.getLastAccessTime())
                            .isAfter(Instant.now().minus(LATELY)));
            return new HealthView(worker, true, true, worker);
        } catch (ProblemException e) {
            return new HealthView(false, true, false, false);
        } catch (StatusRuntimeException e) {
            // The in-memory engine cannot tell, and its worker lives in the same process.
            boolean silent = e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
            return new HealthView(silent, true, silent, silent);
        }
    }

    private List<PollerInfo> pollers() {
        DescribeTaskQueueRequest request = DescribeTaskQueueRequest.newBuilder()
                .setNamespace(engine.client().getOptions().getNamespace())
                .setTaskQueue(
                        io.temporal.api.taskqueue.v1.TaskQueue.newBuilder().setName(TaskQueue.NAME))
                .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
                .build();
        return engine.ask(
                        timeouts.status(),
                        () -> engine.client()
                                .getWorkflowServiceStubs()
                                .blockingStub()
                                .describeTaskQueue(request))
                .getPollersList();
    }
}
