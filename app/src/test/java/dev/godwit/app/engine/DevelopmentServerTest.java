package dev.godwit.app.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against the real development server. */
@Timeout(300)
class DevelopmentServerTest {
    private static final String NAMESPACE = "godwit";
    private static final String QUEUE = "echo";

    @TempDir
    Path folder;

    private DevelopmentServer start() {
        return DevelopmentServer.start(RealEngine.program(), folder, RealEngine.configuration(null), NAMESPACE);
    }

    @Test
    void shouldPrepareNamespace() {
        try (DevelopmentServer server = start()) {
            assertThat(Namespaces.describe(server.stubs(), NAMESPACE, Duration.ofSeconds(5))
                            .getConfig()
                            .getWorkflowExecutionRetentionTtl())
                    .isEqualTo(Durations.fromDays(100));
            assertThat(OperatorServiceGrpc.newBlockingStub(server.stubs().getRawChannel())
                            .listSearchAttributes(ListSearchAttributesRequest.newBuilder()
                                    .setNamespace(NAMESPACE)
                                    .build())
                            .getCustomAttributesMap())
                    .containsOnlyKeys(
                            "GodwitMigration", "GodwitService", "GodwitPhase", "GodwitOutcome", "GodwitIdempotencyKey");
        }
    }

    @Test
    void shouldBeQuickAndListenOnLoopbackOnly() {
        try (DevelopmentServer server = start()) {
            List<String> arguments = List.of(server.current().info().arguments().orElseThrow());

            assertThat(arguments)
                    .containsSubsequence("--ip", "127.0.0.1")
                    .containsSubsequence("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000")
                    .containsSubsequence("--dynamic-config-value", "matching.numTaskqueueReadPartitions=1")
                    .containsSubsequence("--dynamic-config-value", "matching.numTaskqueueWritePartitions=1");
        }
    }

    @Test
    void shouldHaveEachAnswerOnTheDiskBeforeItGivesIt() throws IOException {
        try (DevelopmentServer server = start()) {
            assertThat(List.of(server.current().info().arguments().orElseThrow()))
                    .containsSubsequence("--sqlite-pragma", "synchronous=FULL");
            assertThat(hasWriteAheadLog()).isTrue();
        }
    }

    @Test
    void shouldGoOnWithTheDatabaseOfAnEngineWithoutWriteAheadLog() throws IOException {
        int port = Ports.choose(0);
        Process older = engine(port, "--namespace", NAMESPACE);
        WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget("127.0.0.1:" + port)
                .build());
        try {
            stubs.connect(Duration.ofMinutes(1));
            startWaiting(client(stubs), "waits");
        } finally {
            stubs.shutdownNow();
            older.destroyForcibly().onExit().join();
        }
        assertThat(hasWriteAheadLog()).isFalse();
        Files.createFile(folder.resolve("served"));

        try (DevelopmentServer server = start()) {
            assertThat(statusOf(client(server), "waits"))
                    .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
            assertThat(hasWriteAheadLog()).isTrue();
        }
    }

    @Test
    void shouldComeBackWithItsStateWhenItIsKilled() {
        try (DevelopmentServer server = start()) {
            WorkflowClient client = client(server);
            startWaiting(client, "waits");
            ProcessHandle first = server.current();

            first.destroyForcibly();
            first.onExit().join();

            assertThat(statusOf(client, "waits")).isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
            assertThat(server.current().pid()).isNotEqualTo(first.pid());
            WorkerFactory workers = WorkerFactory.newInstance(client);
            workers.newWorker(QUEUE).registerWorkflowImplementationTypes(Echo.Implementation.class);
            workers.start();
            try {
                assertThat(client.newUntypedWorkflowStub("waits").getResult(String.class))
                        .isEqualTo("hello");
            } finally {
                workers.shutdownNow();
            }
        }
    }

    @Test
    void shouldKeepItsStateWhenItIsStoppedAndStarted() {
        try (DevelopmentServer server = start()) {
            startWaiting(client(server), "waits");
        }
        try (DevelopmentServer server = start()) {
            assertThat(statusOf(client(server), "waits"))
                    .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
        }
    }

    @Test
    void shouldEndWhatAnEarlierGodwitLeftBehind() throws IOException {
        start().close();
        Process orphan = engine(Ports.choose(0));
        try (DevelopmentServer server = start()) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(OwnProcesses.serving(folder.resolve("temporal.db"))).containsExactly(server.current());
        } finally {
            orphan.destroyForcibly();
        }
    }

    @Test
    void shouldLeaveEnginesOfOtherFoldersAlone(@TempDir Path other) {
        try (DevelopmentServer theirs =
                DevelopmentServer.start(RealEngine.program(), other, RealEngine.configuration(null), NAMESPACE)) {
            ProcessHandle before = theirs.current();
            start().close();
            assertThat(theirs.current()).isEqualTo(before);
            assertThat(before.isAlive()).isTrue();
        }
    }

    @Test
    void shouldLeaveNoProcessWhenItIsClosed() {
        ProcessHandle process;
        try (DevelopmentServer server = start()) {
            process = server.current();
        }
        assertThat(process.isAlive()).isFalse();
        assertThat(OwnProcesses.serving(folder.resolve("temporal.db"))).isEmpty();
    }

    @Test
    void shouldStartAnewWhenItWasKilledBeforeItFirstServed() throws IOException {
        Files.writeString(folder.resolve("temporal.db"), "half a schema");
        try (DevelopmentServer server = start()) {
            assertThat(server.describe()).contains("temporal.db");
        }
        assertThat(folder.resolve("temporal.db.aside-1"))
                .as("what somebody may have restored")
                .hasContent("half a schema");
    }

    @Test
    void shouldStartOnceMoreWhenItEndsAtOnce(@TempDir Path programs) throws IOException {
        Files.writeString(folder.resolve("temporal.db"), "restored");
        Path program = Files.writeString(
                programs.resolve("temporal"), """
                #!/bin/sh
                [ -e "$0.tried" ] || { : >"$0.tried"; echo 'half a schema' >"%s"; exit 1; }
                exec '%s' "$@"
                """.formatted(folder.resolve("temporal.db"), RealEngine.program()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        try (DevelopmentServer server =
                DevelopmentServer.start(program, folder, RealEngine.configuration(null), NAMESPACE)) {
            assertThat(server.current().isAlive()).isTrue();
        }
        assertThat(folder.resolve("temporal.db.aside-1")).hasContent("restored");
        assertThat(folder.resolve("temporal.db.aside-2")).hasContent("half a schema\n");
    }

    @Test
    void shouldSayThatItEndsAtOnceEachTime() {
        assertThatThrownBy(() -> DevelopmentServer.start(
                        Path.of("/bin/false"), folder, RealEngine.configuration(null), NAMESPACE))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("ended with status 1");
    }

    @Test
    void shouldRefuseAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EngineConfiguration free = RealEngine.configuration(null);
            EngineConfiguration configuration = new EngineConfiguration(
                    free.binary(),
                    free.cache(),
                    free.obtain(),
                    taken.getLocalPort(),
                    free.ui(),
                    free.uiPort(),
                    free.retention(),
                    free.startTimeout());
            assertThatThrownBy(() -> DevelopmentServer.start(RealEngine.program(), folder, configuration, NAMESPACE))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("godwit.engine.port");
        }
    }

    /** A development server as shipped, on the same database. */
    private Process engine(int port, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                RealEngine.program().toString(),
                "server",
                "start-dev",
                "--headless",
                "--port",
                Integer.toString(port),
                "--db-filename",
                folder.resolve("temporal.db").toAbsolutePath().toString()));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** SQLite's database file format: the bytes 18 and 19 are 2 then. */
    private boolean hasWriteAheadLog() throws IOException {
        try (InputStream database = Files.newInputStream(folder.resolve("temporal.db"))) {
            byte[] header = database.readNBytes(20);
            return header[18] == 2 && header[19] == 2;
        }
    }

    private static WorkflowClient client(DevelopmentServer server) {
        return client(server.stubs());
    }

    private static WorkflowClient client(WorkflowServiceStubs stubs) {
        return WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder().setNamespace(NAMESPACE).build());
    }

    /** Starts a workflow that runs when a worker comes. */
    private static void startWaiting(WorkflowClient client, String id) {
        Echo echo = client.newWorkflowStub(
                Echo.class,
                WorkflowOptions.newBuilder()
                        .setWorkflowId(id)
                        .setTaskQueue(QUEUE)
                        .build());
        WorkflowClient.start(echo::echo, "hello");
    }

    private static WorkflowExecutionStatus statusOf(WorkflowClient client, String id) {
        return client.newUntypedWorkflowStub(id).describe().getStatus();
    }
}
