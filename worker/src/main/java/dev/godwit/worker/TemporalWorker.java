package dev.godwit.worker;

import dev.godwit.activities.secrets.FileSecrets;
import dev.godwit.workflows.step.TaskQueue;
import io.temporal.client.WorkflowClient;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.tuning.PollerBehavior;
import io.temporal.worker.tuning.PollerBehaviorAutoscaling;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls Godwit's task queues and runs workflows and activities. Every {@link WorkerInterceptor} that is a bean takes
 * part. An unexpected exception in a workflow is a bug. It blocks the workflow's task until the bug is mended and never
 * fails the workflow, so that a migration stops rather than moves traffic. That is Temporal's default and is left so.
 */
@Singleton
public final class TemporalWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TemporalWorker.class);

    /** Longer than Temporal's one second, which a busy small machine can exceed without any deadlock. */
    private static final Duration DEADLOCK_DETECTION = Duration.ofSeconds(10);

    /** What a worker adds to its name where the engine shows it. */
    private static final String LACKS_SECRETS = "(lacks secrets: see its log)";

    private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * One poll for the tasks of new workflows and one for those of the workflows that this worker knows, each by itself.
     * Temporal's default shares the polls between both by a count of waiting tasks that comes with each task. When that
     * count is old, every poll asks for known workflows, up to a minute, and a new one waits as long.
     */
    private static final PollerBehavior WORKFLOW_POLLS = new PollerBehaviorAutoscaling(1, 1, 1);

    /**
     * A workflow's task is a few milliseconds of computing: more at once than there are processors only take these from
     * callers who wait (docs/adr/0008). A poll holds a place, and so does the one that comes after it, for each of the two
     * kinds. So the polls of one kind never hold all places: those of the other kind go on.
     */
    private static final int WORKFLOW_TASKS =
            2 + Math.max(2, Runtime.getRuntime().availableProcessors());

    private final WorkerFactory factory;
    private final WorkerConfiguration configuration;
    private final LifeSigns lifeSigns;
    private final List<String> complaints;

    TemporalWorker(
            WorkflowClient client,
            WorkerConfiguration configuration,
            WorkflowTypes workflows,
            @ActivityBean List<Object> activities,
            List<WorkerInterceptor> interceptors,
            LifeSigns lifeSigns,
            FileSecrets secrets) {
        this.configuration = configuration;
        this.lifeSigns = lifeSigns;
        this.complaints = secrets.complaints(configuration.secretReferences());
        this.factory = WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setUsingVirtualWorkflowThreads(true)
                        .setWorkerInterceptors(interceptors.toArray(WorkerInterceptor[]::new))
                        .build());
        Worker steps = factory.newWorker(TaskQueue.NAME, options(configuration.concurrentActivities()));
        steps.registerWorkflowImplementationTypes(workflows.implementations().toArray(Class<?>[]::new));
        steps.registerActivitiesImplementations(activities.toArray());
        factory.newWorker(TaskQueue.PREFLIGHT, options(configuration.concurrentLooks()))
                .registerActivitiesImplementations(activities.toArray());
        factory.newWorker(TaskQueue.WATCH, options(configuration.concurrentWatches()))
                .registerActivitiesImplementations(activities.toArray());
    }

    private WorkerOptions options(int concurrentActivities) {
        return WorkerOptions.newBuilder()
                .setIdentity(ProcessName.ofThis() + (complaints.isEmpty() ? "" : " " + LACKS_SECRETS))
                .setUsingVirtualThreads(true)
                .setMaxConcurrentWorkflowTaskExecutionSize(WORKFLOW_TASKS)
                .setWorkflowTaskPollersBehavior(WORKFLOW_POLLS)
                .setMaxConcurrentActivityExecutionSize(concurrentActivities)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK_DETECTION.toMillis())
                .build();
    }

    /** Begins to poll. */
    public void start() {
        factory.start();
        LOG.info(
                "The worker {} polls the task queues {}, {} and {}",
                ProcessName.ofThis(),
                TaskQueue.NAME,
                TaskQueue.PREFLIGHT,
                TaskQueue.WATCH);
        complaints.forEach(complaint -> LOG.warn("This worker cannot do every step: {}", complaint));
    }

    /**
     * Stops polling, lets what runs go on for a while, then interrupts it. Supervised jobs on the servers go on; the
     * next worker attaches to them.
     */
    @Override
    public void close() {
        lifeSigns.workerStops();
        factory.shutdown();
        factory.awaitTermination(configuration.shutdownTimeout().toMillis(), TimeUnit.MILLISECONDS);
        if (!factory.isTerminated()) {
            factory.shutdownNow();
            factory.awaitTermination(INTERRUPT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
