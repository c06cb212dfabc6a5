package dev.godwit.lab;

import dev.godwit.app.Role;
import dev.godwit.app.engine.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Godwit as an operator runs it, {@code up} in a process of its own, on a data folder of its own. Its class path is
 * this process's: all of Godwit, and what the lab may add to it.
 */
public final class GodwitProcess implements AutoCloseable {
    /** The first start may have to build the engine. */
    private static final Duration START = Duration.ofMinutes(10);

    private static final Duration HEALTHY = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final int LAST_LINES = 25;

    private final Path data;
    private final Role role;
    private final int port;
    private final Map<String, String> settings;
    private final Process process;
    private @Nullable ProcessHandle orphan;

    private GodwitProcess(Path data, Role role, int port, Map<String, String> settings) throws IOException {
        this.data = data;
        this.role = role;
        this.port = port;
        this.settings = settings;
        this.process = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()))
                .start();
        process.getOutputStream().close();
    }

    /**
     * Starts it and returns when it can work.
     *
     * @param data an existing folder, for its owner only
     * @param settings of Godwit, by name
     */
    public static GodwitProcess start(Path data, Map<String, String> settings)
            throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(settings);
        // Beside another Godwit, no port of it is in the way.
        all.putIfAbsent("godwit.engine.port", Integer.toString(Ports.free()));
        all.putIfAbsent("godwit.engine.ui-port", Integer.toString(Ports.free()));
        return started(new GodwitProcess(data, Role.ALL, Ports.free(), all));
    }

    /** Another one on the same data folder and the same ports, after this one has ended. */
    GodwitProcess again() throws IOException, InterruptedException {
        return started(new GodwitProcess(data, role, port, settings));
    }

    /**
     * Starts a worker beside this one, with the same settings and engine, and returns when it polls.
     *
     * @param folder its own data folder, for its owner only
     */
    GodwitProcess withWorker(Path folder) throws IOException, InterruptedException {
        Map<String, String> same = new LinkedHashMap<>(settings);
        same.keySet().removeIf(name -> name.startsWith("godwit.engine."));
        same.put("temporal.address", "127.0.0.1:" + enginePort());
        GodwitProcess worker = new GodwitProcess(folder, Role.WORKER, 0, same);
        boolean ready = false;
        try {
            Await.until(START, PAUSE, () -> worker.hasEnded() || worker.saysReady());
            if (worker.hasEnded()) {
                throw new LabException(
                        ExitCode.FAILURE, "Expected a worker to start, but it ended:\n" + worker.lastWords());
            }
            ready = true;
            return worker;
        } finally {
            if (!ready) {
                worker.close();
            }
        }
    }

    private boolean saysReady() {
        try {
            return Files.readString(console()).contains("Godwit is ready");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GodwitProcess started(GodwitProcess godwit) throws InterruptedException {
        boolean ready = false;
        try {
            godwit.awaitHealth();
            ready = true;
            return godwit;
        } finally {
            if (!ready) {
                godwit.close();
            }
        }
    }

    /** Stores a secret as an operator does: a file, for its owner only. */
    static void storeSecret(Path data, String name, String value) throws IOException {
        Path folder = data.resolve("secrets");
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path file = folder.resolve(name);
        try (var channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(StandardCharsets.UTF_8.encode(value));
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=128m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                dev.godwit.app.Main.class.getName(),
                "up",
                "--data",
                data.toString(),
                "--role",
                role.name(),
                "--port",
                Integer.toString(port)));
        settings.forEach((name, value) -> command.addAll(List.of("--set", name + "=" + value)));
        return command;
    }

    private void awaitHealth() throws InterruptedException {
        GodwitApi api = api("");
        Await.until(START, PAUSE, () -> !process.isAlive() || api.health() != 0);
        // It listens when its engine and its worker are there: the rest is a matter of moments.
        Await.until(HEALTHY, PAUSE, () -> !process.isAlive() || api.health() == 200);
        if (!process.isAlive()) {
            throw new LabException(
                    ExitCode.FAILURE,
                    "Expected Godwit to start, but it ended with status " + process.exitValue() + ":\n" + lastWords());
        }
        int health = api.health();
        if (health != 200) {
            throw new LabException(
                    ExitCode.FAILURE, "Expected Godwit to be healthy (200), but found " + health + ":\n" + lastWords());
        }
    }

    /** Its address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Its API, with the first token. */
    public GodwitApi api() {
        try {
            return api(Files.readString(tokenFile()).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private GodwitApi api(String token) {
        return new GodwitApi(url(), token);
    }

    public Path tokenFile() {
        return data.resolve("tokens").resolve("admin");
    }

    Path data() {
        return data;
    }

    public long pid() {
        return process.pid();
    }

    /** What it writes to its terminal. */
    Path console() {
        return data.resolve("console.log");
    }

    /** Where its engine listens. */
    int enginePort() {
        return Integer.parseInt(settings.getOrDefault("godwit.engine.port", "0"));
    }

    /** Temporal's own pages about it. */
    URI engineUi() {
        return URI.create("http://127.0.0.1:" + settings.get("godwit.engine.ui-port"));
    }

    /** Whether it has ended, by itself or not. */
    boolean hasEnded() {
        return !process.isAlive();
    }

    /** Ends it and everything that it started, at once: what kill -9 does to all of it. */
    void kill() throws InterruptedException {
        kill(Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList());
    }

    /** Ends API and worker, which are one process. Their engine goes on alone. */
    void killWorker() throws InterruptedException {
        orphan = engine();
        kill(List.of(process.toHandle()));
    }

    /** Ends the engine under a worker that lives, and returns when another one serves. */
    void killEngine() throws InterruptedException {
        ProcessHandle killed = engine();
        kill(List.of(killed));
        GodwitApi api = api("");
        if (!Await.until(
                HEALTHY,
                PAUSE,
                () -> process.children().anyMatch(child -> isEngine(child) && child.pid() != killed.pid())
                        && api.health() == 200)) {
            throw new LabException(
                    ExitCode.FAILURE,
                    "Expected Godwit to start its engine again within " + HEALTHY.toSeconds() + " s, but it is "
                            + api.health() + ":\n" + lastWords());
        }
    }

    private static void kill(List<ProcessHandle> all) throws InterruptedException {
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            Await.until(STOP, Duration.ofMillis(5), () -> !each.isAlive());
        }
    }

    /** The engine that a Godwit has started. */
    public static Optional<ProcessHandle> engineOf(ProcessHandle godwit) {
        return godwit.children().filter(GodwitProcess::isEngine).findFirst();
    }

    private ProcessHandle engine() {
        return engineOf(process.toHandle())
                .orElseThrow(() -> new LabException(
                        ExitCode.FAILURE, "Expected Godwit to have an engine, but found none:\n" + lastWords()));
    }

    private static boolean isEngine(ProcessHandle process) {
        return process.info().arguments().map(Arrays::asList).orElse(List.of()).contains("start-dev");
    }

    /** Stops it as an operator does; by force if that takes too long. */
    @Override
    public void close() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        below.forEach(ProcessHandle::destroyForcibly);
        if (orphan != null) {
            orphan.destroyForcibly();
        }
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(console());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }
}
