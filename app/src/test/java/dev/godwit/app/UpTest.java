package dev.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.app.engine.Ports;
import dev.godwit.app.engine.RealEngine;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code godwit up} as users do: as a process of its own, with the real engine. */
@Timeout(300)
class UpTest {
    @TempDir
    Path folder;

    private Path data = Path.of("");
    private int enginePort;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void prepare() {
        data = folder.resolve("data");
        enginePort = Ports.free();
        RealEngine.program();
    }

    @AfterEach
    void endEverything() {
        started.forEach(Process::destroyForcibly);
        engines().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void shouldGoOnAfterEverythingWasKilled() throws Exception {
        Running first = up();
        startWaiting();
        assertThat(engines()).hasSize(1);

        first.process().destroyForcibly().waitFor();
        engines().forEach(ProcessHandle::destroyForcibly);

        assertThat(up().all())
                .contains("Starting: the engine first", "Starting the worker", "Starting the API")
                .contains("Migrations that have not ended, and go on: 1");
        assertThat(status()).isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
        assertThat(engines()).hasSize(1);
    }

    @Test
    void shouldReplaceTheEngineOfAKilledParent() throws Exception {
        Running first = up();
        startWaiting();
        first.process().destroyForcibly().waitFor();
        ProcessHandle orphan = engines().getFirst();

        up();
        assertThat(engines()).hasSize(1).doesNotContain(orphan);
        assertThat(status()).isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    }

    @Test
    void shouldStopEverythingWhenItIsToldTo() throws Exception {
        Running running = up();
        assertThat(Files.readString(data.resolve("godwit.pid")).strip())
                .isEqualTo(Long.toString(running.process().pid()));
        running.process().destroy();
        assertThat(running.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(running.process().exitValue()).as("stopped as asked").isZero();
        assertThat(engines()).isEmpty();
        assertThat(data.resolve("godwit.pid")).isEmptyFile();
    }

    @Test
    void shouldRefuseASecondUpOnTheSameData() throws Exception {
        up();
        Ended second = runToEnd("up", "--data", data.toString(), "--port", "0");
        assertThat(second.status()).isEqualTo(69);
        assertThat(second.errors()).contains("--data");
    }

    @Test
    void shouldKeepOneTokenThatOpensTheApiAndIsItsOwnersOnly() throws Exception {
        Running first = up();
        Path token = data.resolve("tokens").resolve("admin");
        String made = Files.readString(token).strip();
        assertThat(made).hasSizeGreaterThan(40);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        assertThat(get(first.api() + "/migrations", null)).isEqualTo(401);
        assertThat(get(first.api() + "/migrations", made)).isEqualTo(200);
        assertThat(first.all()).doesNotContain(made);

        first.process().destroy();
        first.process().waitFor();
        up();
        assertThat(Files.readString(token).strip()).isEqualTo(made);
    }

    @Test
    void shouldNeedAClusterForASingleRole() throws Exception {
        Ended ended = runToEnd("up", "--role", "worker", "--data", data.toString());
        assertThat(ended.status()).as(ended.errors()).isEqualTo(78);
        assertThat(ended.errors()).contains("--temporal-address");
    }

    @Test
    void shouldServeApiAndWorkerApartOnOneCluster() throws Exception {
        up();
        String address = "127.0.0.1:" + enginePort;
        Path other = folder.resolve("other");
        Running worker = start("up", "--role", "worker", "--data", other.toString(), "--temporal-address", address);
        Running api =
                start("up", "--role", "api", "--data", other.toString(), "--temporal-address", address, "--port", "0");
        assertThat(worker.ready()).isEqualTo("Godwit is ready");
        assertThat(api.ready()).contains("/api/v1");
        assertThat(engines()).as("only the first one has an engine").hasSize(1);
    }

    @Test
    void shouldSayWhatIsWrongWithTheCommandLine() throws Exception {
        assertThat(runToEnd("up", "--role", "boss").status()).isEqualTo(2);
        assertThat(runToEnd().status()).isEqualTo(2);
        assertThat(runToEnd("--help").status()).isZero();
    }

    @Test
    void shouldSayThatTheClusterDoesNotAnswer() throws Exception {
        Ended ended = runToEnd(
                "up",
                "--role",
                "worker",
                "--data",
                data.toString(),
                "--temporal-address",
                "127.0.0.1:" + enginePort,
                "--set",
                "temporal.connect-timeout=2s");
        assertThat(ended.status()).as(ended.errors()).isEqualTo(69);
        assertThat(ended.errors()).contains("temporal.address");
    }

    @Test
    void shouldSayThatTheFileWithAuthoritiesIsNotThere() throws Exception {
        String file = folder.resolve("ca.pem").toString();
        Ended ended = runToEnd(
                "up",
                "--data",
                data.toString(),
                "--port",
                "0",
                "--set",
                "godwit.engine.port=" + enginePort,
                "--set",
                "godwit.engine.ui=false",
                "--set",
                "checks.ca-file=" + file);
        assertThat(ended.status()).as(ended.errors()).isEqualTo(78);
        assertThat(ended.errors()).contains(file, "checks.ca-file").doesNotContain("\tat ");
    }

    @Test
    void shouldNotForgetMigrationsWhereTheEngineIsMissing() throws Exception {
        Files.createDirectories(data.resolve("engine"));
        Files.createFile(data.resolve("engine").resolve("temporal.db"));
        ProcessBuilder builder = java(
                "up",
                "--data",
                data.toString(),
                "--port",
                "0",
                "--set",
                "godwit.engine.obtain=false",
                "--set",
                "godwit.engine.cache=" + folder);
        builder.environment().put("PATH", folder.toString());

        Ended ended = runToEnd(builder);

        assertThat(ended.status()).as(ended.errors()).isEqualTo(69);
        assertThat(ended.errors()).contains("holds migrations");
    }

    @Test
    void shouldSayLoudlyThatNothingSurvivesWhereNoEngineCanBeHad() throws Exception {
        ProcessBuilder builder = java(
                "up",
                "--data",
                data.toString(),
                "--port",
                "0",
                "--set",
                "godwit.engine.obtain=false",
                "--set",
                "godwit.engine.cache=" + folder.resolve("empty"));
        builder.environment().put("PATH", folder.toString());

        Running running = start(builder);

        assertThat(running.all()).contains("NOTHING SURVIVES A RESTART", "Do not move anything real");
    }

    @Test
    void shouldBuildTheEngineWithGoWhereItCannotBeDownloaded() throws Exception {
        Path programs = Files.createDirectory(folder.resolve("bin"));
        Path go = Files.writeString(
                programs.resolve("go"),
                "#!/bin/sh\necho \"$@\" >" + folder.resolve("asked") + "\n[ \"$CGO_ENABLED\" = 0 ] && /bin/ln -s "
                        + RealEngine.program() + " \"$GOBIN/temporal\"\n");
        Files.setPosixFilePermissions(go, PosixFilePermissions.fromString("rwx------"));
        Path cache = folder.resolve("cache");
        ProcessBuilder builder = java(
                "up",
                "--data",
                data.toString(),
                "--port",
                "0",
                "--set",
                "godwit.engine.ui=false",
                "--set",
                "godwit.engine.cache=" + cache,
                "--set",
                "godwit.engine.port=" + enginePort);
        builder.environment().put("PATH", programs.toString());
        // Nothing can be downloaded through the discard port.
        builder.environment().put("JDK_JAVA_OPTIONS", "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=9");

        Running running = start(builder);

        assertThat(running.all())
                .contains("downloading the official release 1.9.1", "python3 is not installed", "with Go");
        assertThat(folder.resolve("asked"))
                .hasContent("install -ldflags=-s -w github.com/temporalio/cli/cmd/temporal@v1.5.1");
        assertThat(cache.resolve("temporal-1.5.1").resolve("temporal")).isExecutable();
        assertThat(engines()).hasSize(1);
    }

    @Test
    void shouldObtainTheEngineBeforeAnythingNeedsIt() throws Exception {
        Ended there = runToEnd("engine");
        assertThat(there.status()).isZero();
        assertThat(there.errors()).contains(RealEngine.program().toString());

        ProcessBuilder builder = java("engine");
        builder.environment().put("PATH", folder.toString());
        builder.environment().put("GODWIT_ENGINE_OBTAIN", "false");
        builder.environment().put("GODWIT_ENGINE_CACHE", folder.toString());
        Ended missing = runToEnd(builder);
        assertThat(missing.status()).isEqualTo(69);
        assertThat(missing.errors()).contains("install the program 'temporal' 1.9.1");
    }

    /** A process that is up. */
    private record Running(Process process, String ready, Path log) {
        String api() {
            return ready.replaceAll(".*(http://\\S+/api/v1).*", "$1");
        }

        String all() throws IOException {
            return ready + Files.readString(log);
        }
    }

    /** A process that ended by itself. */
    private record Ended(int status, String errors) {}

    private Running up() throws IOException {
        return start(
                "up",
                "--data",
                data.toString(),
                "--port",
                "0",
                "--set",
                "godwit.engine.ui=false",
                "--set",
                "godwit.engine.obtain=false",
                "--set",
                "godwit.engine.port=" + enginePort);
    }

    private Running start(String... arguments) throws IOException {
        return start(java(arguments));
    }

    private Running start(ProcessBuilder builder) throws IOException {
        Path log = Files.createTempFile(folder, "up", ".log");
        Process process = builder.redirectError(log.toFile()).start();
        started.add(process);
        BufferedReader out = process.inputReader();
        String ready = out.readLine();
        assertThat(ready).as(() -> read(log)).startsWith("Godwit is ready");
        return new Running(process, ready, log);
    }

    private Ended runToEnd(String... arguments) throws IOException, InterruptedException {
        return runToEnd(java(arguments));
    }

    private Ended runToEnd(ProcessBuilder builder) throws IOException, InterruptedException {
        Path log = Files.createTempFile(folder, "up", ".log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        started.add(process);
        return new Ended(process.waitFor(), read(log));
    }

    private static ProcessBuilder java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("TEMPORAL_") || name.equals("GODWIT_DATA"));
        return builder;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private List<ProcessHandle> engines() {
        String database = data.resolve("engine").resolve("temporal.db").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().map(List::of).orElse(List.of()).stream()
                        .anyMatch(database::equals))
                .toList();
    }

    private static int get(String url, @Nullable String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.discarding()).statusCode();
        }
    }

    /** Starts a migration that no worker takes, so that it waits, and returns when the engine's index has it. */
    private void startWaiting() {
        try (Connection connection = new Connection(enginePort)) {
            connection
                    .client()
                    .newUntypedWorkflowStub(
                            "Migration",
                            WorkflowOptions.newBuilder()
                                    .setWorkflowId("waits")
                                    .setTaskQueue("nobody")
                                    .build())
                    .start();
            while (connection.client().countWorkflows("").getCount() == 0) {
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    private WorkflowExecutionStatus status() {
        try (Connection connection = new Connection(enginePort)) {
            return connection
                    .client()
                    .newUntypedWorkflowStub("waits")
                    .describe()
                    .getStatus();
        }
    }

    private record Connection(WorkflowServiceStubs stubs) implements AutoCloseable {
        Connection(int port) {
            this(WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                    .setTarget("127.0.0.1:" + port)
                    .build()));
        }

        WorkflowClient client() {
            return WorkflowClient.newInstance(
                    stubs,
                    WorkflowClientOptions.newBuilder().setNamespace("godwit").build());
        }

        @Override
        public void close() {
            stubs.shutdownNow();
        }
    }
}
