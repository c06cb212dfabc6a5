package dev.godwit.workflows.migration;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.step.TaskQueue;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

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

    private static final int SAYS = 3;
    /** In real time. */
    private static final Duration HEARD = Duration.ofSeconds(20);

    private final TestWorkflowEnvironment environment;
    private final WorkerFactory workers;
    /** The program of the build that runs. */
    private volatile Function<MigrationRequest, MigrationWorkflow> build;

    TestEngine(RecordingHands hands) {
        this(hands, CACHE);
    }

    TestEngine(RecordingHands hands, int cache) {
        this(hands, cache, MigrationWorkflowImpl::new);
    }

    /** With a worker of a build with this program. */
    TestEngine(RecordingHands hands, int cache, Function<MigrationRequest, MigrationWorkflow> build) {
        this.build = build;
        WorkerFactoryOptions options =
                WorkerFactoryOptions.newBuilder().setWorkflowCacheSize(cache).build();
        environment = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(GodwitJson.dataConverter())
                        .build())
                .registerSearchAttribute("GodwitPhase", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .registerSearchAttribute("GodwitOutcome", IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
                .build());
        workers = WorkerFactory.newInstance(environment.getWorkflowClient(), options);
        Worker worker = workers.newWorker(TaskQueue.NAME, PATIENT);
        worker.registerWorkflowImplementationTypes(PreflightWorkflowImpl.class, WatchWorkflowImpl.class);
        worker.registerWorkflowImplementationFactory(
                MigrationWorkflow.class,
                arguments -> this.build.apply(arguments.get(0, MigrationRequest.class)),
                WorkflowImplementationOptions.getDefaultInstance());
        worker.registerActivitiesImplementations(hands.activities());
        workers.newWorker(TaskQueue.PREFLIGHT, PATIENT).registerActivitiesImplementations(hands.activities());
        workers.newWorker(TaskQueue.WATCH, PATIENT).registerActivitiesImplementations(hands.activities());
        workers.start();
    }

    /** From now on another build carries migrations on: those that the worker does not remember. */
    void upgrade(Function<MigrationRequest, MigrationWorkflow> newer) {
        build = newer;
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

    /**
     * Says something to a migration. This engine, unlike the real one, never answers what is said to a migration that has
     * just ended: then it is said again.
     */
    void say(Runnable command) {
        try (ExecutorService person = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int attempt = 1; attempt <= SAYS; attempt++) {
                Future<?> said = person.submit(command);
                try {
                    said.get(HEARD.toMillis(), TimeUnit.MILLISECONDS);
                    return;
                } catch (TimeoutException e) {
                    said.cancel(true);
                } catch (ExecutionException e) {
                    if (attempt > 1 && e.getCause() instanceof WorkflowUpdateException) {
                        // The one before was heard after all.
                        return;
                    }
                    throw new AssertionError("Expected it to be accepted, but found: " + e.getCause(), e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError(e);
                }
            }
        }
        throw new AssertionError("Expected an answer, but found none in " + SAYS + " attempts of " + HEARD);
    }

    @Override
    public void close() {
        workers.shutdownNow();
        workers.awaitTermination(10, TimeUnit.SECONDS);
        environment.close();
    }
}
