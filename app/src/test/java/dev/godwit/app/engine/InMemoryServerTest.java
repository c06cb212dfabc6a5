package dev.godwit.app.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.worker.WorkerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class InMemoryServerTest {
    @Test
    void shouldRunWorkflowsAndSayThatNothingSurvives() {
        try (InMemoryServer server = InMemoryServer.start()) {
            WorkflowClient client = WorkflowClient.newInstance(server.stubs());
            WorkerFactory workers = WorkerFactory.newInstance(client);
            workers.newWorker("echo").registerWorkflowImplementationTypes(Echo.Implementation.class);
            workers.start();
            try {
                Echo echo = client.newWorkflowStub(
                        Echo.class,
                        WorkflowOptions.newBuilder().setTaskQueue("echo").build());
                assertThat(echo.echo("hello")).isEqualTo("hello");
                assertThat(server.describe()).contains("NOTHING SURVIVES");
            } finally {
                workers.shutdownNow();
            }
        }
    }
}
