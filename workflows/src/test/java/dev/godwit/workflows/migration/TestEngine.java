package dev.godwit.workflows.migration;

import dev.godwit.workflows.GodwitJson;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An engine in memory that skips time, with a worker whose hands only record. */
final class TestEngine implements AutoCloseable {
    /** As many migrations as any test runs: a worker that remembers where each of them is. */
    static final int CACHE = 100;
    /** Every task replays its migration from the beginning. */
    static final int NO_CACHE = 0;

    /**
     * Tells an activity of its cancellation at once, not after most of its heartbeat time-out; and takes a workflow for
     * stuck only after what no busy machine needs to load its classes.
     */
    static final WorkerOptions PATIENT = WorkerOptions.newBuilder()
            .setMaxHeartbeatThrottleInterval(Duration.ofMillis(10))
            .setDefaultHeartbeatThrottleInterval(Duration.ofMillis(10))
            .setDefaultDeadlockDetectionTimeout(30_000)
            .build();

    private final TestWorkflowEnvironment environment;
    private final WorkerFactoryOptions options;
    private final RecordingHands hands;
    private WorkerFactory workers;

    TestEngine(RecordingHands hands) {
        this(hands, CACHE);
    }

    TestEngine(RecordingHands hands, int cache) {
        this.hands = hands;
        options = WorkerFactoryOptions.newBuilder().setWorkflowCacheSize(cache).build();
        environment = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(GodwitJson.dataConverter())
                        .build())
                .registerSearchAttribute("GodwitPhase", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute("GodwitOutcome", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .build());
        workers = startWorker(MigrationWorkflowImpl.class);
    }

    /** Stops the worker and starts another, of a build with this program. */
    void restartWorker(Class<? extends MigrationWorkflow> program) {
        stopWorker();
        workers = startWorker(program);
    }

    private WorkerFactory startWorker(Class<? extends MigrationWorkflow> program) {
        WorkerFactory factory = WorkerFactory.newInstance(environment.getWorkflowClient(), options);
        Worker worker = factory.newWorker(TaskQueue.NAME, PATIENT);
        worker.registerWorkflowImplementationTypes(program, PreflightWorkflowImpl.class);
        worker.registerActivitiesImplementations(hands.activities());
        factory.start();
        return factory;
    }

    private void stopWorker() {
        workers.shutdownNow();
        workers.awaitTermination(10, TimeUnit.SECONDS);
    }

    TestWorkflowEnvironment environment() {
        return environment;
    }

    /** The migration of a service, started or not. */
    MigrationWorkflow migration(String service) {
        return environment
                .getWorkflowClient()
                .newWorkflowStub(
                        MigrationWorkflow.class,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueue.NAME)
                                .setWorkflowId(MigrationWorkflow.workflowId(service))
                                .build());
    }

    @Override
    public void close() {
        stopWorker();
        environment.close();
    }
}
