package dev.godwit.api;

import dev.godwit.api.auth.Tokens;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.SearchAttributes;
import dev.godwit.workflows.step.TaskQueue;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TemporalDevServer;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import jakarta.inject.Singleton;
import java.util.Optional;

/** An engine, a worker that carries fake migrations, and two tokens. */
@Factory
public final class TestBeans {
    /** Which engine: {@link #IN_MEMORY}, {@link #WITHOUT_WORKER}, {@link #REAL} or {@link #DOWN}. */
    public static final String ENGINE = "godwit.test.engine";

    public static final String IN_MEMORY = "in-memory";
    static final String WITHOUT_WORKER = "without-worker";
    static final String REAL = "real";
    static final String DOWN = "down";

    public static final String ALICE = "token-of-alice-0123456789";
    static final String BOB = "token-of-bob-0123456789";

    private static final WorkflowClientOptions CLIENT = WorkflowClientOptions.newBuilder()
            .setDataConverter(GodwitJson.dataConverter())
            .build();

    static TestEnvironmentOptions options() {
        TestEnvironmentOptions.Builder options =
                TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).setWorkflowClientOptions(CLIENT);
        SearchAttributes.ALL.forEach(
                key -> options.registerSearchAttribute(key.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        return options.build();
    }

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(property = ENGINE, value = IN_MEMORY)
    TestWorkflowEnvironment inMemory() {
        TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance(options());
        register(environment.newWorker(TaskQueue.NAME));
        environment.start();
        return environment;
    }

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(property = ENGINE, value = WITHOUT_WORKER)
    TestWorkflowEnvironment withoutWorker() {
        return TestWorkflowEnvironment.newInstance(options());
    }

    @Singleton
    @Requires(beans = TestWorkflowEnvironment.class)
    WorkflowClient client(TestWorkflowEnvironment environment) {
        return environment.getWorkflowClient();
    }

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(property = ENGINE, value = REAL)
    TemporalDevServer real() {
        return RealEngine.start();
    }

    @Singleton
    @Bean(preDestroy = "shutdownNow")
    @Requires(property = ENGINE, value = REAL)
    WorkerFactory worker(TemporalDevServer server) {
        WorkerFactory factory =
                WorkerFactory.newInstance(WorkflowClient.newInstance(stubs(server.getTarget()), CLIENT));
        register(factory.newWorker(TaskQueue.NAME));
        factory.start();
        return factory;
    }

    @Singleton
    @Requires(property = ENGINE, value = REAL)
    WorkflowClient clientOfReal(WorkerFactory factory) {
        return factory.getWorkflowClient();
    }

    /** The discard port: nothing answers there. */
    @Singleton
    @Requires(property = ENGINE, value = DOWN)
    WorkflowClient clientOfNothing() {
        return WorkflowClient.newInstance(stubs("127.0.0.1:9"), CLIENT);
    }

    @Singleton
    AskedTokens tokens() {
        return new AskedTokens();
    }

    /** Two tokens, and the thread in which they were last asked for. */
    static final class AskedTokens implements Tokens {
        private volatile String thread = "";

        String thread() {
            return thread;
        }

        @Override
        public Optional<String> nameOf(String token) {
            thread = Thread.currentThread().toString();
            return switch (token) {
                case ALICE -> Optional.of("alice");
                case BOB -> Optional.of("bob");
                default -> Optional.empty();
            };
        }
    }

    private static WorkflowServiceStubs stubs(String target) {
        return WorkflowServiceStubs.newServiceStubs(
                WorkflowServiceStubsOptions.newBuilder().setTarget(target).build());
    }

    private static void register(Worker worker) {
        worker.registerWorkflowImplementationTypes(FakeMigration.class, Plans.FakePreflight.class);
        worker.registerActivitiesImplementations(new Copying.Fake());
    }
}
