package dev.godwit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A fresh lab with the live site on it, and a Godwit that knows its secrets. Closing it leaves nothing. */
public final class LabSession implements AutoCloseable {
    private static final Duration NAME_SERVERS_AGREE = Duration.ofSeconds(20);

    private final LabHost lab = new LabHost();
    private final Thread hook = new Thread(this::close, "lab-session-stop");
    private final Terminal terminal;
    private final LabLock lock;
    private final Path data;
    private final Duration ttl;
    private final LabEnvironment environment;
    private volatile @Nullable GodwitProcess godwit;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LabSession(Terminal terminal, LabLock lock, Rows rows, Duration ttl) throws IOException {
        this.terminal = terminal;
        this.lock = lock;
        this.ttl = ttl;
        this.data = Files.createTempDirectory("godwit-lab-").toAbsolutePath();
        // From here on there is something to remove, also when somebody presses Ctrl-C.
        Runtime.getRuntime().addShutdownHook(hook);
        boolean up = false;
        try {
            lab.up(rows);
            environment = lab.environment();
            up = true;
        } finally {
            if (!up) {
                close();
            }
        }
    }

    /**
     * Boots everything.
     *
     * @param lock the right to do so; the session gives it back
     * @param ttl of the service's record
     * @param settings of Godwit beyond those that the lab needs, by name
     */
    public static LabSession open(
            Terminal terminal, LabLock lock, Rows rows, Duration ttl, Map<String, String> settings)
            throws IOException, InterruptedException {
        LabSession session = new LabSession(terminal, lock, rows, ttl);
        boolean ready = false;
        try {
            session.setTtl();
            session.startGodwit(settings);
            ready = true;
            return session;
        } finally {
            if (!ready) {
                session.close();
            }
        }
    }

    /** Gives the service's record a TTL, as the owner of the zone does, and waits until both name servers tell it. */
    private void setTtl() throws InterruptedException {
        String name = environment.service() + ".";
        String record = ttl.toSeconds() + " IN A " + environment.source().address();
        lab.shell("ns1", """
                nsupdate -k /etc/bind/tsig.key <<'END'
                server 127.0.0.1
                zone %1$s
                update delete %2$s A
                update add %2$s %3$s
                send
                END
                """.formatted(environment.zone(), name, record));
        if (!Await.until(
                NAME_SERVERS_AGREE,
                Duration.ofMillis(200),
                () -> dns().facts().stream()
                                .filter(fact -> fact.endsWith("\t" + name + " " + record))
                                .count()
                        == 2)) {
            throw new LabException(
                    ExitCode.FAILURE,
                    "Expected both name servers to give " + environment.service() + " a TTL of " + ttl + ", but found "
                            + dns().facts());
        }
    }

    private void startGodwit(Map<String, String> more) throws IOException, InterruptedException {
        GodwitProcess.storeSecret(data, DemoSpec.SSH_KEY, Files.readString(environment.sshKey()));
        GodwitProcess.storeSecret(
                data,
                DemoSpec.ZONE_KEY,
                String.join(
                        ":",
                        environment.tsigAlgorithm(),
                        environment.tsigName(),
                        Files.readString(environment.tsigSecretFile()).strip()));
        Map<String, String> settings = new HashMap<>(more);
        settings.put("checks.ca-file", environment.caCertificate().toString());
        terminal.event("starting Godwit: its state, secrets and log are in " + data);
        GodwitProcess started = GodwitProcess.start(data, settings);
        godwit = started;
        terminal.event("Godwit is ready at " + started.url() + "/api/v1, process " + started.pid());
    }

    LabHost lab() {
        return lab;
    }

    LabEnvironment environment() {
        return environment;
    }

    /** The TTL that the service's record has before anything moves. */
    Duration ttl() {
        return ttl;
    }

    /** The zone as each name server has it. */
    Snapshot dns() {
        return lab.snapshot("dns");
    }

    GodwitProcess godwit() {
        GodwitProcess running = godwit;
        if (running == null) {
            throw new IllegalStateException("Expected a Godwit, but none has been started");
        }
        return running;
    }

    /** The process that its engine belongs to. */
    public long engineParent() {
        return godwit().pid();
    }

    GodwitApi api() {
        return godwit().api();
    }

    /** Ends all of Godwit at once: parent, worker and engine. */
    void killGodwit() throws InterruptedException {
        godwit().kill();
    }

    /** Starts Godwit again on what the one that was killed has left. */
    void startGodwitAgain() throws IOException, InterruptedException {
        godwit = godwit().again();
    }

    /** Leaves everything running when this process ends. */
    void keep() {
        closed.set(true);
        forgetHook();
    }

    /** Stops Godwit and removes the lab and the data folder. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        GodwitProcess running = godwit;
        if (running != null) {
            running.close();
        }
        lab.down();
        removeData();
        lock.close();
        forgetHook();
    }

    private void forgetHook() {
        // While the process is ending, its hooks run and cannot be taken back.
        if (!Thread.currentThread().equals(hook)) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void removeData() {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to remove " + data + ", but found " + e.getMessage(), e);
        }
    }
}
