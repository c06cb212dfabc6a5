package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.workflowservice.v1.RecordActivityTaskHeartbeatRequest;
import io.temporal.client.ActivityWorkerShutdownException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In real time: what is measured is that beats come by themselves. */
class LifeSignsTest {
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(1);

    /** What an activity says whose signs of life shall not get through. */
    private static final String STALLS = "this one stalls";

    /** More than the SDK has threads for what it puts off. */
    private static final int STALLED = 6;

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Semaphore stalled = new Semaphore(0);
    private final LifeSigns lifeSigns = new LifeSigns();
    private TestWorkflowEnvironment environment;

    @BeforeEach
    void startWorker() {
        environment = TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowServiceStubsOptions(WorkflowServiceStubsOptions.newBuilder()
                        .setGrpcClientInterceptors(List.of(new Stalling()))
                        .build())
                .setWorkerFactoryOptions(WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(lifeSigns)
                        .build())
                .build());
        var worker = environment.newWorker(
                "test", WorkerOptions.newBuilder().setUsingVirtualThreads(true).build());
        worker.registerWorkflowImplementationTypes(WaitingWorkflowImpl.class);
        worker.registerActivitiesImplementations(new Working());
        environment.start();
    }

    @AfterEach
    void stopWorker() {
        over.countDown();
        environment.close();
        lifeSigns.stop();
    }

    @Test
    void shouldKeepASilentActivityAliveBeyondItsHeartbeatTimeout() {
        assertThat(workflow().run(Task.silent(HEARTBEAT.multipliedBy(2)))).isEqualTo("attempt over");
    }

    @Test
    void shouldInterruptABlockedActivityThatWasCancelled() throws InterruptedException {
        WaitingWorkflow workflow = workflow();
        WorkflowClient.start(workflow::run, Task.silent(LONG));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        WorkflowStub started = WorkflowStub.fromTyped(workflow);

        started.cancel();

        assertThatThrownBy(() -> started.getResult(20, TimeUnit.SECONDS, String.class))
                .hasRootCauseInstanceOf(CanceledFailure.class);
    }

    @Test
    void shouldInterruptAnAttemptThatTheEngineHasGivenUp() throws InterruptedException {
        WaitingWorkflow workflow = workflow();

        assertThatThrownBy(() -> workflow.run(Task.silent(LONG).atMost(HEARTBEAT)))
                .hasRootCauseInstanceOf(TimeoutFailure.class);

        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldBeatForOthersWhileSignsOfLifeStall() throws InterruptedException {
        for (int number = 0; number < STALLED; number++) {
            WorkflowClient.start(workflow()::run, new Task("waits", STALLS, LONG, LONG, HEARTBEAT));
        }
        assertThat(stalled.tryAcquire(STALLED, 30, TimeUnit.SECONDS))
                .as("the client blocks whoever sends a sign of life of these")
                .isTrue();

        assertThat(workflow().run(new Task("waits", "progress", HEARTBEAT.multipliedBy(4), LONG, HEARTBEAT)))
                .isEqualTo("attempt over");
    }

    /** What a step has behind the page: a worker that dies is noticed within seconds, and one that lives is believed. */
    @Test
    void shouldBeInTimeForAHeartbeatTimeoutOfFiveSecondsWhileEveryCoreIsBusy() {
        CountDownLatch rest = new CountDownLatch(1);
        for (int thread = 0; thread < Runtime.getRuntime().availableProcessors(); thread++) {
            Thread.ofPlatform().daemon().start(() -> computeUntil(rest));
        }
        try {
            List<CompletableFuture<String>> moves = IntStream.range(0, 20)
                    .mapToObj(number -> WorkflowClient.execute(
                            workflow()::run,
                            new Task(
                                    number < 2 ? "computes" : "waits",
                                    "",
                                    Duration.ofSeconds(12),
                                    LONG,
                                    Duration.ofSeconds(5))))
                    .toList();
            assertThat(moves)
                    .allSatisfy(
                            move -> assertThat(move.get(1, TimeUnit.MINUTES)).isEqualTo("attempt over"));
        } finally {
            rest.countDown();
        }
    }

    @Test
    void shouldTellTheNextAttemptWhatAFailedOneSaidLast() {
        assertThat(workflow().run(new Task("fails once", "half of it", LONG, LONG, LONG)))
                .isEqualTo("after half of it");
    }

    @Test
    void shouldTellAnActivityThatSaysSomethingThatItsWorkerStops() {
        lifeSigns.workerStops();

        assertThat(workflow().run(new Task("says something", "still here", LONG, LONG, LONG)))
                .isEqualTo("told that the worker stops");
    }

    private static void computeUntil(CountDownLatch rest) {
        while (rest.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    private WaitingWorkflow workflow() {
        return environment
                .getWorkflowClient()
                .newWorkflowStub(
                        WaitingWorkflow.class,
                        WorkflowOptions.newBuilder().setTaskQueue("test").build());
    }

    /**
     * What an activity does.
     *
     * @param says what it says at once; empty for nothing
     */
    public record Task(String does, String says, Duration lasts, Duration atMost, Duration heartbeat) {
        static Task silent(Duration lasts) {
            return new Task("waits", "", lasts, LONG, HEARTBEAT);
        }

        Task atMost(Duration limit) {
            return new Task(does, says, lasts, limit, heartbeat);
        }
    }

    private final class Working implements Work {
        @Override
        public String work(Task task) {
            begun.countDown();
            String before = Activity.getExecutionContext()
                    .getHeartbeatDetails(String.class)
                    .orElse("");
            try {
                if (!task.says().isEmpty()) {
                    Activity.getExecutionContext().heartbeat(task.says());
                }
            } catch (ActivityWorkerShutdownException e) {
                return "told that the worker stops";
            }
            return switch (task.does()) {
                case "fails once" -> failsOnce(before);
                case "computes" -> computes(task.lasts());
                default -> waits(task.lasts());
            };
        }

        private String failsOnce(String before) {
            if (before.isEmpty()) {
                throw ApplicationFailure.newFailure("not yet", "TEST");
            }
            return "after " + before;
        }

        /** Where all activities run, but gives way to them. */
        private String computes(Duration time) {
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(1);
            }
            return "attempt over";
        }

        private String waits(Duration time) {
            try {
                return over.await(time.toMillis(), TimeUnit.MILLISECONDS) ? "the test is over" : "attempt over";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw ApplicationFailure.newFailure("interrupted", "INTERRUPTED");
            }
        }
    }

    /** An engine that does not take some signs of life: whoever sends one waits. */
    private final class Stalling implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void sendMessage(Q message) {
                    if (message instanceof RecordActivityTaskHeartbeatRequest beat
                            && beat.getDetails().toString().contains(STALLS)) {
                        stall();
                    }
                    super.sendMessage(message);
                }
            };
        }

        private void stall() {
            stalled.release();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Does what it is told. */
    @ActivityInterface
    public interface Work {
        String work(Task task);
    }

    /** Calls it. */
    @WorkflowInterface
    public interface WaitingWorkflow {
        @WorkflowMethod
        String run(Task task);
    }

    /** Waits for one activity: two attempts of one that fails, one of any other. */
    public static final class WaitingWorkflowImpl implements WaitingWorkflow {
        @Override
        public String run(Task task) {
            return Workflow.newActivityStub(
                            Work.class,
                            ActivityOptions.newBuilder()
                                    .setStartToCloseTimeout(task.atMost())
                                    .setHeartbeatTimeout(task.heartbeat())
                                    .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                                    .setRetryOptions(RetryOptions.newBuilder()
                                            .setMaximumAttempts(task.does().equals("fails once") ? 2 : 1)
                                            .build())
                                    .build())
                    .work(task);
        }
    }
}
