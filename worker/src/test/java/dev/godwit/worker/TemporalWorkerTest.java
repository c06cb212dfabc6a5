package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.checks.CheckStep;
import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.checks.InspectChecks;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.checks.Sighting;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.WatchWorkflow;
import dev.godwit.workflows.migration.WatchWorkflowImpl;
import dev.godwit.workflows.migration.Watching;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.MigrationContext;
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
import io.temporal.client.WorkflowClient;
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
import java.net.URI;
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
    private static final int CONCURRENT_WATCHES = 3;
    private static final int WATCHED = 1000;

    private static final Map<String, Object> SETTINGS = Map.of(
            "godwit.data",
            "data",
            "godwit.secrets",
            "data/secrets",
            "godwit.worker.concurrent-looks",
            CONCURRENT_LOOKS,
            "godwit.worker.concurrent-watches",
            CONCURRENT_WATCHES,
            "godwit.worker.concurrent-activities",
            10,
            "greeting",
            "true");

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

    /** Fails where the questions of a soak stand in the queue of the steps: there are more than places. */
    @Test
    void shouldActWhileAThousandServicesAreWatched() throws InterruptedException {
        try (TestWorkflowEnvironment temporal = environment();
                ApplicationContext context = context(temporal);
                TemporalWorker worker = context.getBean(TemporalWorker.class)) {
            worker.start();
            Soaks soaks = context.getBean(Soaks.class);
            for (int number = 0; number < WATCHED; number++) {
                WatchWorkflow watch = temporal.getWorkflowClient()
                        .newWorkflowStub(
                                WatchWorkflow.class,
                                WorkflowOptions.newBuilder()
                                        .setTaskQueue(TaskQueue.NAME)
                                        .build());
                WorkflowClient.start(watch::watch, order());
            }
            soaks.atWork.acquire(CONCURRENT_WATCHES);

            assertThat(greet(temporal)).isLessThan(Duration.ofSeconds(20));
            assertThat(soaks.atWork.availablePermits()).as("no watch has ended").isZero();
            soaks.end.countDown();
        }
    }

    private static WatchWorkflow.Order order() {
        HostSpec host = new HostSpec(
                "new.example.org",
                "10.66.0.3",
                new SshLogin("root", new SecretRef("ops"), "SHA256:" + "A".repeat(43), 22));
        return new WatchWorkflow.Order(
                new MigrationContext("shop-1", "shop.example.org", host, host),
                List.of(new HttpCheck(URI.create("https://shop.example.org/"), 200, null)),
                Instant.now().plus(Duration.ofDays(3)),
                Duration.ofDays(3),
                new Watching(0, 0, null, null));
    }

    /** Watched services that do not answer before the test says so. */
    static final class Soaks implements ServiceChecks {
        private final Semaphore atWork = new Semaphore(0);
        private final CountDownLatch end = new CountDownLatch(1);

        @Override
        public Sighting watchService(Watched request) {
            atWork.release();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Sighting(null);
        }

        @Override
        public Inspection<Void> inspectChecks(InspectChecks request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outcome checkService(Act<CheckStep.CheckService> request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outcome compareAnswers(Act<CheckStep.CompareAnswers> request) {
            throw new UnsupportedOperationException();
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
            return new WorkflowTypes(
                    List.of(Greeting.Implementation.class, Burst.Implementation.class, WatchWorkflowImpl.class));
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
        @ActivityBean
        @Replaces(bean = ServiceChecks.class, factory = WorkerBeans.class)
        Soaks soaks() {
            return new Soaks();
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
