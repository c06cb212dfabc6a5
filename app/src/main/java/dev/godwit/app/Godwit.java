package dev.godwit.app;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.godwit.app.engine.Engine;
import dev.godwit.app.engine.Engines;
import dev.godwit.app.engine.OwnerOnly;
import dev.godwit.app.engine.TemporalConfiguration;
import dev.godwit.app.engine.UnavailableException;
import dev.godwit.worker.Folders;
import dev.godwit.worker.TemporalWorker;
import dev.godwit.workflows.migration.MigrationWorkflow;
import io.grpc.StatusRuntimeException;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running Godwit: engine, worker and API under one parent. They start in this order and stop in the other. */
public final class Godwit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Godwit.class);

    private final Role role;
    private final ApplicationContext context;

    @GuardedBy("this")
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::closeWithTheJvm, "godwit-stop");

    @GuardedBy("this")
    private boolean closed;

    @GuardedBy("this")
    private boolean clean = true;

    private volatile boolean awaited;

    private String where = "";

    private Godwit(Role role, ApplicationContext context) {
        this.role = role;
        this.context = context;
        this.running.push(context);
    }

    /**
     * Starts what the role needs and returns when it is ready.
     *
     * @param settings by their names; they win over the environment and files
     * @throws UnavailableException if there is no engine
     */
    public static Godwit start(Role role, Map<String, String> settings) {
        return start(role, settings, new Object[0]);
    }

    /**
     * The same with more beans, such as {@link io.temporal.common.interceptors.WorkerInterceptor}s.
     *
     * @param beans singletons that take part as if they had been declared
     */
    public static Godwit start(Role role, Map<String, String> settings, Object... beans) {
        ApplicationContext context = configured(settings, beans);
        Godwit godwit = new Godwit(role, context);
        Runtime.getRuntime().addShutdownHook(godwit.hook);
        boolean started = false;
        try {
            godwit.begin();
            started = true;
            return godwit;
        } finally {
            if (!started) {
                godwit.close();
            }
        }
    }

    /** The beans, none of them started. */
    static ApplicationContext configured(Map<String, String> settings, Object... beans) {
        return ApplicationContext.builder()
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .banner(false)
                .properties(Map.copyOf(settings))
                .singletons(beans)
                .start();
    }

    private void begin() {
        Path data = createDataFolder();
        opened(PidFile.take(data, role));
        // Roles that share a folder do not share a log: each would roll the other's away.
        Logging.alsoTo(role.file(data, "log"));
        if (role != Role.ALL && context.getBean(TemporalConfiguration.class).address() == null) {
            throw new ConfigurationException("Expected temporal.address for the role " + role
                    + ", because only the role ALL has an engine of its own; give --temporal-address HOST:PORT");
        }
        LOG.info("Starting: the engine first");
        Engine engine = opened(context.getBean(Engines.class).start(data));
        context.registerSingleton(Engine.class, engine);
        LOG.info("Engine: {}", engine.describe());
        if (role.works()) {
            LOG.info("Starting the worker");
            TemporalWorker worker = opened(context.getBean(TemporalWorker.class));
            worker.start();
            sayWhatGoesOn();
        }
        if (role.servesApi()) {
            serve(context.getProperty("godwit.tokens", Path.class).orElse(data.resolve("tokens")));
        }
    }

    private void sayWhatGoesOn() {
        try {
            long running = context.getBean(WorkflowClient.class)
                    .countWorkflows("WorkflowType = '" + MigrationWorkflow.TYPE + "' AND ExecutionStatus = 'Running'")
                    .getCount();
            if (running > 0) {
                LOG.info("Migrations that have not ended, and go on: {}", running);
            }
        } catch (StatusRuntimeException e) {
            LOG.debug("The engine cannot count", e);
        }
    }

    private void serve(Path tokens) {
        LOG.info("Starting the API");
        makeFirstToken(tokens);
        EmbeddedServer server = opened(context.getBean(EmbeddedServer.class));
        try {
            server.start();
        } catch (ServerStartupException e) {
            throw new UnavailableException(
                    "Expected the API to listen, but found: " + e.getMessage() + "; choose another port with --port",
                    e);
        }
        where = ": " + server.getURL() + "/api/v1, the first token is in " + tokens.resolve(FirstToken.NAME);
    }

    /** Remembers a part that must be stopped; if we are stopping already, it is stopped at once. */
    private <T extends AutoCloseable> T opened(T part) {
        synchronized (this) {
            if (!closed) {
                running.push(part);
                return part;
            }
        }
        stop(part);
        throw new UnavailableException("Stopped before it was ready");
    }

    private static void makeFirstToken(Path tokens) {
        try {
            FirstToken.makeIn(tokens);
        } catch (IOException e) {
            throw new UnavailableException(
                    "Expected to keep the first token in " + tokens + ", but found " + e
                            + "; choose another folder with --set godwit.tokens=FOLDER",
                    e);
        }
    }

    private Path createDataFolder() {
        Path data = context.getBean(Folders.class).data();
        try {
            OwnerOnly.createFolder(data);
            OwnerOnly.createFolder(context.getBean(Folders.class).secrets());
            return data;
        } catch (IOException e) {
            throw new UnavailableException(
                    "Expected to create the data folder " + data + ", but found " + e
                            + "; choose another one with --data",
                    e);
        }
    }

    /** One line that says that it is ready, and where. */
    public String ready() {
        return "Godwit is ready" + where;
    }

    /**
     * Waits until somebody stops it. That is what a JVM is told whose signal to end comes meanwhile: its status is 0 when
     * every part stopped cleanly, not the one of a process that the signal killed.
     */
    public void awaitEnd() throws InterruptedException {
        awaited = true;
        ended.await();
    }

    /** Stops everything, the newest first. A part that fails to stop does not keep the others from it. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        LOG.info("Stopping");
        while (!running.isEmpty()) {
            stop(running.pop());
        }
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("The JVM is stopping: it runs the hook by itself", e);
        }
    }

    private void closeWithTheJvm() {
        close();
        if (awaited && isClean()) {
            // Only here can the status that the signal gave be replaced: System.exit waits for this hook.
            Runtime.getRuntime().halt(ExitCode.OK);
        }
    }

    private synchronized boolean isClean() {
        return clean;
    }

    private synchronized void stop(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) { // whatever it is, the parts below must still be stopped
            clean = false;
            LOG.warn("{} did not stop cleanly", part.getClass().getSimpleName(), e);
        }
    }
}
