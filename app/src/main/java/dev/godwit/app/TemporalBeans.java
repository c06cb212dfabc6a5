package dev.godwit.app;

import dev.godwit.app.engine.Engine;
import dev.godwit.app.engine.TemporalConfiguration;
import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.context.annotation.Factory;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The client that the API and the worker share. */
@Factory
final class TemporalBeans {
    @Singleton
    WorkflowClient workflowClient(Engine engine, TemporalConfiguration temporal) {
        return WorkflowClient.newInstance(
                engine.stubs(),
                WorkflowClientOptions.newBuilder()
                        .setNamespace(temporal.namespace())
                        .setIdentity(identity())
                        .setDataConverter(GodwitJson.dataConverter())
                        .build());
    }

    /** Who we are in Temporal's histories. */
    private static String identity() {
        long pid = ProcessHandle.current().pid();
        try {
            return "godwit-" + pid + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "godwit-" + pid;
        }
    }
}
