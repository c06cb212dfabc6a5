package dev.godwit.api;

import dev.godwit.api.auth.Tokens;
import dev.godwit.workflows.GodwitJson;
import dev.godwit.workflows.migration.SearchAttributes;
import dev.godwit.workflows.migration.TaskQueue;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** The in-memory engine with a worker that carries fake migrations, and two tokens. */
@Factory
@Requires(property = TestBeans.IN_MEMORY)
final class TestBeans {
    static final String IN_MEMORY = "godwit.test.in-memory";
    static final String ALICE = "token-of-alice-0123456789";
    static final String BOB = "token-of-bob-0123456789";

    @Singleton
    @Bean(preDestroy = "close")
    TestWorkflowEnvironment environment() {
        TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance(options());
        Worker worker = environment.newWorker(TaskQueue.NAME);
        worker.registerWorkflowImplementationTypes(FakeMigration.class, Plans.FakePreflight.class);
        worker.registerActivitiesImplementations(new Copying.Fake());
        environment.start();
        return environment;
    }

    static TestEnvironmentOptions options() {
        TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(GodwitJson.dataConverter())
                        .build());
        List.of(
                        SearchAttributes.MIGRATION,
                        SearchAttributes.SERVICE,
                        SearchAttributes.PHASE,
                        SearchAttributes.OUTCOME,
                        SearchAttributes.IDEMPOTENCY_KEY)
                .stream()
                .map(SearchAttributeKey::getName)
                .forEach(name -> options.registerSearchAttribute(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
        return options.build();
    }

    @Singleton
    WorkflowClient client(TestWorkflowEnvironment environment) {
        return environment.getWorkflowClient();
    }

    @Singleton
    Tokens tokens() {
        return token -> switch (token) {
            case ALICE -> Optional.of("alice");
            case BOB -> Optional.of("bob");
            default -> Optional.empty();
        };
    }
}
