package dev.godwit.activities.host;

import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.server.HostSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Servers over ssh. One for the whole worker: its connections are shared by all activities. */
public final class SshServers implements Servers, AutoCloseable {
    private static final int TEND_SECONDS = 5;

    private final Secrets secrets;
    private final Map<HostSpec, SshConnections> hosts = new ConcurrentHashMap<>();
    private final ScheduledExecutorService gardener = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("godwit-ssh-gardener").factory());
    private final Future<?> tending;

    public SshServers(Secrets secrets) {
        this.secrets = secrets;
        tending = gardener.scheduleWithFixedDelay(
                () -> hosts.values().forEach(SshConnections::tend), TEND_SECONDS, TEND_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public Server open(HostSpec host) {
        return new SshServer(hosts.computeIfAbsent(host, spec -> new SshConnections(spec, secrets)));
    }

    /** Closes every connection; what runs on a server by itself goes on. */
    @Override
    public void close() {
        tending.cancel(false);
        gardener.shutdownNow();
        hosts.values().forEach(SshConnections::close);
        hosts.clear();
    }
}
