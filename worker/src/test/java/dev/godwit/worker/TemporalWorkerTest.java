package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.TaskQueue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.temporal.api.workflowservice.v1.PollWorkflowTaskQueueResponse;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TemporalWorkerTest {
    private static final int CONCURRENT_LOOKS = 2;

    private static final Map<String, Object> SETTINGS = Map.of(
            "godwit.data", "data",
            "godwit.secrets", "data/secrets",
            "godwit.worker.concurrent-looks", CONCURRENT_LOOKS,
            "greeting", "true");

    @Test
    void shouldRunItsBeansAndSayWhichAttemptItWas() {
        try (TestWorkflowEnvironment temporal = environment();
                ApplicationContext context = context(temporal);
                TemporalWorker worker = context.getBean(TemporalWorker.class)) {
            worker.start();
            Greeting greeting = temporal.getWorkflowClient()
                    .newWorkflowStub(
                            Greeting.class,
                            WorkflowOptions.newBuilder()
                                    .setTaskQueue(TaskQueue.NAME)
                                    .build());
            // The first two attempts fail in the interceptor that the test adds as a bean, as the lab does.
            assertThat(greeting.greet()).isEqualTo(Outcome.of("hello").withAttempt(3));
        }
    }

    @Test
    void shouldActWhileLooksQueueUp() {
        try (TestWorkflowEnvironment temporal = environment();
                ApplicationContext context = context(temporal);
                TemporalWorker worker = context.getBean(TemporalWorker.class)) {
            worker.start();
            Burst burst = temporal.getWorkflowClient()
                    .newWorkflowStub(
                            Burst.class,
                            WorkflowOptions.newBuilder()
                                    .setTaskQueue(TaskQueue.NAME)
                                    .build());

            assertThat(burst.burst()).isEqualTo(CONCURRENT_LOOKS);
        }
    }

    @Test
    void shouldTakeNewWorkflowsWhateverTheEngineSaysOfTheTasksOfThoseItKnows() {
        try (TestWorkflowEnvironment temporal = environment(new StaleBacklog());
                ApplicationContext context = context(temporal);
                TemporalWorker worker = context.getBean(TemporalWorker.class)) {
            worker.start();
            List<Duration> took =
                    Stream.generate(() -> greet(temporal)).limit(5).toList();
            // A poll that waits for tasks of workflows that the worker knows ends after a minute.
            assertThat(took).allSatisfy(one -> assertThat(one).isLessThan(Duration.ofSeconds(20)));
        }
    }

    private static Duration greet(TestWorkflowEnvironment temporal) {
        Instant start = Instant.now();
        temporal.getWorkflowClient()
                .newWorkflowStub(
                        Greeting.class,
                        WorkflowOptions.newBuilder()
                                .setTaskQueue(TaskQueue.NAME)
                                .build())
                .greet();
        return Duration.between(start, Instant.now());
    }

    private static TestWorkflowEnvironment environment(ClientInterceptor... interceptors) {
        return TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowServiceStubsOptions(WorkflowServiceStubsOptions.newBuilder()
                        .setGrpcClientInterceptors(List.of(interceptors))
                        .build())
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(GodwitJson.dataConverter())
                        .build())
                .build());
    }

    private static ApplicationContext context(TestWorkflowEnvironment temporal) {
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(SETTINGS)
                .singletons(temporal.getWorkflowClient())
                .start();
    }

    /** Beans that only these tests see. */
    @Factory
    @Requires(property = "greeting")
    static final class Beans {
        @Singleton
        @Replaces(bean = WorkflowTypes.class, factory = WorkerBeans.class)
        WorkflowTypes workflowTypes() {
            return new WorkflowTypes(List.of(Greeting.Implementation.class, Burst.Implementation.class));
        }

        @Singleton
        @ActivityBean
        Greeting.Greeter greeter() {
            return () -> Outcome.of("hello");
        }

        @Singleton
        @ActivityBean
        Burst.Work work() {
            return new Work();
        }

        @Singleton
        WorkerInterceptorBase failures() {
            return new Failures();
        }
    }

    /** Looks that do not end before the step has been at work for a while, in which all that may begin has begun. */
    private static final class Work implements Burst.Work {
        private static final Duration AWHILE = Duration.ofSeconds(2);

        private final Semaphore begun = new Semaphore(0);
        private final CountDownLatch stepped = new CountDownLatch(1);

        @Override
        public void look() {
            begun.release();
            try {
                stepped.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public int step() {
            try {
                begun.acquire(CONCURRENT_LOOKS);
                boolean more = begun.tryAcquire(1, AWHILE.toSeconds(), TimeUnit.SECONDS);
                return CONCURRENT_LOOKS + (more ? 1 : 0);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                stepped.countDown();
            }
        }
    }

    /** Lets each task come with the news that a hundred more wait, as if they had been taken meanwhile. */
    private static final class StaleBacklog implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    super.start(
                            new SimpleForwardingClientCallListener<>(listener) {
                                @Override
                                @SuppressWarnings("unchecked")
                                public void onMessage(A message) {
                                    super.onMessage(
                                            message instanceof PollWorkflowTaskQueueResponse task
                                                            && !task.getTaskToken()
                                                                    .isEmpty()
                                                    ? (A) task.toBuilder()
                                                            .setBacklogCountHint(100)
                                                            .build()
                                                    : message);
                                }
                            },
                            headers);
                }
            };
        }
    }

    /** Fails the first two attempts of a greeting. */
    private static final class Failures extends WorkerInterceptorBase {
        private final AtomicInteger attempts = new AtomicInteger();

        @Override
        public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
            return new ActivityInboundCallsInterceptorBase(next) {
                @Override
                public ActivityOutput execute(ActivityInput input) {
                    if (attempts.incrementAndGet() <= 2) {
                        throw ApplicationFailure.newFailure("not yet", "TEST");
                    }
                    return super.execute(input);
                }
            };
        }
    }
}
