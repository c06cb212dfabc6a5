package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.GodwitJson;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.migration.TaskQueue;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TemporalWorkerTest {
    private static final Map<String, Object> SETTINGS =
            Map.of("godwit.data", "data", "godwit.secrets", "data/secrets", "greeting", "true");

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

    private static TestWorkflowEnvironment environment() {
        return TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
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
            return new WorkflowTypes(List.of(Greeting.Implementation.class));
        }

        @Singleton
        @ActivityBean
        Greeting.Greeter greeter() {
            return () -> Outcome.of("hello");
        }

        @Singleton
        WorkerInterceptorBase failures() {
            return new Failures();
        }
    }

    /** Fails the first two attempts. */
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
