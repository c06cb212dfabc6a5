package dev.godwit.app.engine;

import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import io.temporal.testserver.TestServer.InProcessTestServer;

/**
 * The last resort where the real engine can be neither found nor obtained: the test server of Temporal's Java SDK, in
 * this process. Nothing in it survives a restart, and nobody else can connect to it.
 */
final class InMemoryServer implements Engine {
    private final InProcessTestServer server;
    private final WorkflowServiceStubs stubs;

    private InMemoryServer(InProcessTestServer server) {
        this.server = server;
        this.stubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setChannel(server.getChannel())
                .build());
    }

    static InMemoryServer start() {
        // Time runs as it does everywhere else: a soak of three days takes three days.
        boolean lockTimeSkipping = true;
        return new InMemoryServer(TestServer.createServer(lockTimeSkipping));
    }

    @Override
    public WorkflowServiceStubs stubs() {
        return stubs;
    }

    @Override
    public String describe() {
        return "IN-MEMORY test server: NOTHING SURVIVES A RESTART";
    }

    @Override
    public void close() {
        stubs.shutdownNow();
        server.close();
    }
}
