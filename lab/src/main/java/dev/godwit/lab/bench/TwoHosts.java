package dev.godwit.lab.bench;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.SshServers;
import dev.godwit.activities.link.SshHostLink;
import dev.godwit.lab.LabEnvironment;
import dev.godwit.lab.LabHost;
import dev.godwit.lab.LabLock;
import dev.godwit.lab.Rows;
import dev.godwit.lab.Terminal;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.MigrationContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;

/** Two fresh servers of the lab, linked as a migration links them, with Godwit's hands and nothing else at work. */
final class TwoHosts implements AutoCloseable {
    private static final int SSH = 22;

    private final LabLock lock;
    private final LabHost lab = new LabHost();
    private final Thread hook = new Thread(this::takeDown, "bench-stop");
    private final SshServers servers;
    private final MigrationContext migration;
    private boolean closed;

    TwoHosts(Terminal terminal) throws IOException, InterruptedException {
        lock = LabLock.take(terminal);
        Runtime.getRuntime().addShutdownHook(hook);
        lab.down();
        lab.up(Rows.SMALL);
        LabEnvironment environment = lab.environment();
        servers = new SshServers(reference -> {
            try {
                return Files.readString(environment.sshKey());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        migration = new MigrationContext(
                "bench", "bench.example.org", spec(environment.source()), spec(environment.target()));
        new SshHostLink(servers).linkHosts(new Act<>(migration, "link-hosts", new LinkHosts(), BeforeImage.NOTHING));
    }

    private static HostSpec spec(LabEnvironment.Host host) {
        return new HostSpec(
                host.name(), host.address(), new SshLogin("root", new SecretRef("ops"), host.hostKey(), SSH));
    }

    SshServers servers() {
        return servers;
    }

    MigrationContext migration() {
        return migration;
    }

    Server source() {
        return servers.open(migration.source());
    }

    Server target() {
        return servers.open(migration.target());
    }

    /** Says which Debian packages of the servers take part. */
    void use(Bench bench, String... packages) {
        target().output(new Script("dpkg-query -W -f '${Package} ${Version}\\n' \"$@\"", List.of(packages), null))
                .lines()
                .forEach(bench::uses);
    }

    /** Seconds that something takes, from a state in which both servers have written what they held. */
    double seconds(Runnable work) {
        for (Server server : new Server[] {source(), target()}) {
            server.output(Script.of("runuser -u postgres -- psql -Xqc CHECKPOINT; sync"));
        }
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    private synchronized void takeDown() {
        if (!closed) {
            closed = true;
            lab.down();
        }
    }

    @Override
    public void close() {
        servers.close();
        takeDown();
        Runtime.getRuntime().removeShutdownHook(hook);
        lock.close();
    }
}
