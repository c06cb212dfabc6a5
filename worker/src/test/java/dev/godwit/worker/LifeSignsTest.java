package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In real time: what is measured is that beats come by themselves. */
class LifeSignsTest {
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final LifeSigns lifeSigns = new LifeSigns();
    private TestWorkflowEnvironment environment;

    @BeforeEach
    void startWorker() {
        environment = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(lifeSigns)
                        .build())
                .build());
        var worker = environment.newWorker(
                "test",
                WorkerOptions.newBuilder()
                        .setMaxHeartbeatThrottleInterval(Duration.ofMillis(200))
                        .setDefaultHeartbeatThrottleInterval(Duration.ofMillis(200))
                        .build());
        worker.registerWorkflowImplementationTypes(WaitingWorkflowImpl.class);
        worker.registerActivitiesImplementations((Silent) this::waitSilently);
        environment.start();
    }

    @AfterEach
    void stopWorker() {
        environment.close();
        lifeSigns.stop();
    }

    @Test
    void shouldKeepASilentActivityAliveBeyondItsHeartbeatTimeout() {
        assertThat(workflow().run(HEARTBEAT.multipliedBy(2).toMillis(), LONG.toMillis()))
                .isEqualTo("attempt over");
    }

    @Test
    void shouldInterruptABlockedActivityThatWasCancelled() throws InterruptedException {
        WaitingWorkflow workflow = workflow();
        WorkflowClient.start(workflow::run, LONG.toMillis(), LONG.toMillis());
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        WorkflowStub started = WorkflowStub.fromTyped(workflow);

        started.cancel();

        assertThatThrownBy(() -> started.getResult(20, TimeUnit.SECONDS, String.class))
                .hasRootCauseInstanceOf(CanceledFailure.class);
    }

    @Test
    void shouldInterruptAnAttemptThatTheEngineHasGivenUp() throws InterruptedException {
        WaitingWorkflow workflow = workflow();

        assertThatThrownBy(() -> workflow.run(LONG.toMillis(), HEARTBEAT.toMillis()))
                .hasRootCauseInstanceOf(TimeoutFailure.class);

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private String waitSilently(long millis) {
        begun.countDown();
        try {
            return never.await(millis, TimeUnit.MILLISECONDS) ? "never" : "attempt over";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw ApplicationFailure.newFailure("interrupted", "INTERRUPTED");
        }
    }

    private WaitingWorkflow workflow() {
        return environment
                .getWorkflowClient()
                .newWorkflowStub(
                        WaitingWorkflow.class,
                        WorkflowOptions.newBuilder().setTaskQueue("test").build());
    }

    /** Blocks without a word. */
    @ActivityInterface
    public interface Silent {
        String work(long millis);
    }

    /** Calls it. */
    @WorkflowInterface
    public interface WaitingWorkflow {
        @WorkflowMethod
        String run(long millis, long atMost);
    }

    /** Waits for one attempt of a silent activity. */
    public static final class WaitingWorkflowImpl implements WaitingWorkflow {
        @Override
        public String run(long millis, long atMost) {
            return Workflow.newActivityStub(
                            Silent.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(Duration.ofMillis(atMost))
                                    .setHeartbeatTimeout(HEARTBEAT)
                                    .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                                    .setRetryOptions(RetryOptions.newBuilder()
                                            .setMaximumAttempts(1)
                                            .build())
                                    .build())
                    .work(millis);
        }
    }
}
