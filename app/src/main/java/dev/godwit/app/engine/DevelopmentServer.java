package dev.godwit.app.engine;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.StatusRuntimeException;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real Temporal development server as a child process, with its state in a SQLite file. When it dies it is started
 * again; when all of Godwit was killed, the next one ends what is left of the old engine and starts another on the same
 * file.
 */
final class DevelopmentServer implements Engine {
    /** The program's sub-command; it marks a process as a development server. */
    static final String SUB_COMMAND = "start-dev";

    private static final Logger LOG = LoggerFactory.getLogger(DevelopmentServer.class);
    private static final String DATABASE = "temporal.db";
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofMillis(100);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration HEALTHY_AFTER = Duration.ofMinutes(1);
    private static final long LARGEST_LOG = 16L * 1024 * 1024;

    /**
     * As shipped, an activity takes 47 ms, because the two queues on its way are read at most 20 times a second, which a
     * cutover cannot afford. With these values: 16 ms. One partition saves the forwarding between partitions, and with
     * older servers waits of 2 s. One worker writes the index of workflows: more of them only keep the one connection to
     * the database from those who wait for an answer (docs/adr/0002). While a workflow's first task is under way, its
     * status can be asked for by one caller at once, and others are turned away as from an overloaded engine; a hundred
     * may wait instead.
     */
    private static final List<String> TUNING = List.of(
            "history.maxBufferedQueryCount=100",
            "history.transferProcessorMaxPollRPS=1000",
            "history.visibilityProcessorSchedulerWorkerCount=1",
            "matching.numTaskqueueReadPartitions=1",
            "matching.numTaskqueueWritePartitions=1");

    /**
     * Each transaction is on the disk before it is acknowledged, as without these values, but after one flush of a log
     * and not after several of a journal, the database and its folder (SQLite: Write-Ahead Logging; with FULL, unlike
     * NORMAL, a power cut takes nothing back).
     */
    private static final List<String> STORAGE = List.of("journal_mode=WAL", "synchronous=FULL");

    /** What SQLite keeps beside a database. */
    private static final List<String> BESIDE = List.of("-journal", "-wal", "-shm");

    private final Path binary;
    private final Path folder;
    private final Path database;
    private final EngineConfiguration configuration;
    private final String namespace;
    private final int port;
    private final int uiPort;
    private final WorkflowServiceStubs stubs;
    private final CountDownLatch closing = new CountDownLatch(1);

    @GuardedBy("this")
    private @Nullable Process process;

    /** Whether a server has kept migrations in a folder. */
    static boolean hasState(Path folder) {
        return Files.exists(folder.resolve(DATABASE));
    }

    private DevelopmentServer(Path binary, Path folder, EngineConfiguration configuration, String namespace) {
        this.binary = binary;
        this.folder = folder.toAbsolutePath();
        this.database = this.folder.resolve(DATABASE);
        this.configuration = configuration;
        this.namespace = namespace;
        this.port = Ports.choose(configuration.port());
        this.uiPort = configuration.ui() ? Ports.choose(configuration.uiPort()) : 0;
        this.stubs = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget(LOOPBACK + ":" + port)
                // After a restart of the engine the first attempts should come soon, not after gRPC's two minutes.
                .setConnectionBackoffResetFrequency(Duration.ofSeconds(2))
                .build());
    }

    /**
     * Starts it and waits until it serves the namespace.
     *
     * @param folder for its state and its log, for the owner only
     * @throws UnavailableException if a port is taken or it does not come up
     */
    static DevelopmentServer start(Path binary, Path folder, EngineConfiguration configuration, String namespace) {
        createFolder(folder);
        DevelopmentServer server = new DevelopmentServer(binary, folder, configuration, namespace);
        boolean started = false;
        try {
            server.endOrphans();
            server.moveUnfinishedSetupAside();
            server.requireFreePorts();
            server.launchTwiceIfNeeded();
            Thread.ofVirtual().name("engine-watch").start(server::watch);
            started = true;
            return server;
        } finally {
            if (!started) {
                server.close();
            }
        }
    }

    @Override
    public WorkflowServiceStubs stubs() {
        return stubs;
    }

    @Override
    public String describe() {
        String pages = uiPort == 0 ? "" : ", its own pages on http://" + LOOPBACK + ":" + uiPort;
        return "Temporal development server on " + LOOPBACK + ":" + port + ", state in " + database + pages;
    }

    /** The process that serves right now. */
    synchronized ProcessHandle current() {
        if (process == null) {
            throw new IllegalStateException("Expected a running engine, but it was closed");
        }
        return process.toHandle();
    }

    @Override
    public void close() {
        closing.countDown();
        stubs.shutdownNow();
        synchronized (this) {
            if (process != null) {
                end(process.toHandle());
                process = null;
            }
        }
    }

    private static void createFolder(Path folder) {
        try {
            OwnerOnly.createFolder(folder);
        } catch (IOException e) {
            throw new UnavailableException(
                    "Expected to create the engine's folder " + folder + ", but found " + e
                            + "; choose another data folder with --data",
                    e);
        }
    }

    private void endOrphans() {
        for (ProcessHandle orphan : OwnProcesses.serving(database)) {
            LOG.warn("Ending the engine that an earlier Godwit left behind: pid {}", orphan.pid());
            end(orphan);
        }
    }

    /**
     * A database file whose engine never served holds nothing, and perhaps half a schema that no later start completes.
     * It is kept beside: one that somebody restored without the file that says that it served holds every migration.
     */
    private void moveUnfinishedSetupAside() {
        if (Files.exists(database) && !Files.exists(served())) {
            Path aside = aside();
            LOG.warn(
                    "Moving {} aside, to {}: the engine was stopped before it first served; if you restored it from"
                            + " elsewhere, stop Godwit, move it back and create the file {}",
                    database,
                    aside,
                    served());
            try {
                for (String suffix : BESIDE) {
                    if (Files.exists(Path.of(database + suffix))) {
                        Files.move(Path.of(database + suffix), Path.of(aside + suffix));
                    }
                }
                Files.move(database, aside);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A name that nobody has: what was moved before is kept, too. */
    private Path aside() {
        return IntStream.iterate(1, number -> number + 1)
                .mapToObj(number -> Path.of(database + ".aside-" + number))
                .filter(path -> !Files.exists(path))
                .findFirst()
                .orElseThrow();
    }

    private Path served() {
        return folder.resolve("served");
    }

    private void requireFreePorts() {
        requireFree(port, "godwit.engine.port");
        if (uiPort != 0) {
            requireFree(uiPort, "godwit.engine.ui-port");
        }
    }

    private static void requireFree(int port, String property) {
        if (!Ports.isFree(port)) {
            throw new UnavailableException("Expected port " + port + " on " + LOOPBACK
                    + " to be free for the engine, but found another program there; end it, or choose another port"
                    + " with --set " + property + "=PORT (0 takes any that is free), or use that Temporal service"
                    + " with --temporal-address");
        }
    }

    /** It chooses ports for its inner services; one that somebody else takes before it listens there ends it at once. */
    private void launchTwiceIfNeeded() {
        try {
            launch();
        } catch (UnavailableException e) {
            if (isClosing() || current().isAlive()) {
                throw e;
            }
            LOG.warn("{}; it is started once more", e.getMessage());
            moveUnfinishedSetupAside();
            launch();
        }
    }

    private void launch() {
        synchronized (this) {
            if (isClosing()) {
                return;
            }
            process = spawn();
        }
        try {
            awaitService();
            Namespaces.keepFor(stubs, namespace, configuration.retention());
            Namespaces.registerSearchAttributes(OperatorServiceGrpc.newBlockingStub(stubs.getRawChannel()), namespace);
            markServed();
        } catch (StatusRuntimeException e) {
            throw new UnavailableException(
                    "Expected the engine to serve, but found " + e.getStatus() + "; its log is " + log(), e);
        }
    }

    private void awaitService() {
        Instant start = Instant.now();
        Instant end = start.plus(configuration.startTimeout());
        Instant told = start;
        while (true) {
            requireAlive();
            if (Duration.between(told, Instant.now()).compareTo(Programs.SAY_EVERY) > 0) {
                told = Instant.now();
                LOG.info(
                        "Still waiting for the engine to answer: {} s",
                        Duration.between(start, told).toSeconds());
            }
            try {
                stubs.getRawChannel().resetConnectBackoff();
                Namespaces.describe(stubs, namespace, ATTEMPT_TIMEOUT);
                return;
            } catch (StatusRuntimeException e) {
                if (Instant.now().isAfter(end)) {
                    throw new UnavailableException(
                            "Expected the engine to answer within "
                                    + configuration.startTimeout().toSeconds() + " s, but found " + e.getStatus()
                                    + "; its log is " + log() + ", godwit.engine.start-timeout gives it more time",
                            e);
                }
                // It may have answered at once that it does not know the namespace yet.
                LockSupport.parkNanos(ATTEMPT_TIMEOUT.toNanos());
            }
        }
    }

    private void markServed() {
        try {
            if (!Files.exists(served())) {
                Files.createFile(served());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process spawn() {
        try {
            if (Files.exists(log()) && Files.size(log()) > LARGEST_LOG) {
                Files.move(log(), Path.of(log() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            ProcessBuilder builder = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .redirectInput(Path.of("/dev/null").toFile());
            // Settings for Temporal's client in the user's shell are not meant for this server.
            builder.environment().keySet().removeIf(name -> name.startsWith("TEMPORAL_"));
            return builder.start();
        } catch (IOException e) {
            throw new UnavailableException(
                    "Expected to run " + binary + ", but found " + e
                            + "; set godwit.engine.binary to a working 'temporal' program",
                    e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        // A Ctrl-C in the terminal is meant for Godwit, which stops the engine last.
        Programs.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(List.of(
                binary.toString(),
                "server",
                SUB_COMMAND,
                "--ip",
                LOOPBACK,
                "--port",
                Integer.toString(port),
                "--db-filename",
                database.toString(),
                "--namespace",
                namespace,
                "--log-level",
                "warn",
                "--disable-config-file"));
        if (uiPort == 0) {
            command.add("--headless");
        } else {
            command.addAll(List.of("--ui-port", Integer.toString(uiPort)));
        }
        STORAGE.forEach(value -> command.addAll(List.of("--sqlite-pragma", value)));
        TUNING.forEach(value -> command.addAll(List.of("--dynamic-config-value", value)));
        return command;
    }

    private Path log() {
        return folder.resolve("temporal.log");
    }

    private void watch() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            Process watched;
            synchronized (this) {
                if (process == null) {
                    return;
                }
                watched = process;
            }
            Instant since = Instant.now();
            try {
                int status = watched.waitFor();
                if (isClosing()) {
                    return;
                }
                pause = Duration.between(since, Instant.now()).compareTo(HEALTHY_AFTER) > 0 ? FIRST_PAUSE : pause;
                LOG.error(
                        "THE ENGINE DIED (status {}); it is started again in {} ms. No migration is lost. Its log is {}",
                        status,
                        pause.toMillis(),
                        log());
                if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                relaunch();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void relaunch() {
        try {
            endOrphans();
            launch();
            LOG.info("The engine serves again");
        } catch (UnavailableException e) {
            LOG.error("The engine did not come up: {}", e.getMessage());
            synchronized (this) {
                if (process != null) {
                    end(process.toHandle());
                }
            }
        }
    }

    private synchronized void requireAlive() {
        if (isClosing()) {
            throw new UnavailableException("Expected the engine to come up, but it was told to stop");
        }
        if (process == null || !process.isAlive()) {
            throw new UnavailableException("Expected the engine to come up, but it ended with status "
                    + (process == null ? "?" : process.exitValue()) + "; its log is " + log());
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private static void end(ProcessHandle handle) {
        handle.destroy();
        if (!awaitEnd(handle, STOP_TIMEOUT)) {
            LOG.warn("The engine, pid {}, does not stop by itself; it is killed", handle.pid());
            handle.destroyForcibly();
            awaitEnd(handle, STOP_TIMEOUT);
        }
    }

    private static boolean awaitEnd(ProcessHandle handle, Duration timeout) {
        return handle.onExit()
                .thenApply(_ -> true)
                .completeOnTimeout(false, timeout.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
