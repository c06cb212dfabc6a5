package dev.godwit.app;

import dev.godwit.app.engine.Engine;
import dev.godwit.app.engine.TemporalConfiguration;
import dev.godwit.worker.ProcessName;
import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.context.annotation.Factory;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import jakarta.inject.Singleton;

/** The client that the API and the worker share. */
@Factory
final class TemporalBeans {
    @Singleton
    WorkflowClient workflowClient(Engine engine, TemporalConfiguration temporal) {
        return WorkflowClient.newInstance(
                engine.stubs(),
                WorkflowClientOptions.newBuilder()
                        .setNamespace(temporal.namespace())
                        .setIdentity(ProcessName.ofThis())
                        .setDataConverter(GodwitJson.dataConverter())
                        .build());
    }
}
