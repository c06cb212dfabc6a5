package dev.godwit.activities.link;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.activities.ThisMachine;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.SshServers;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.MigrationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A source and a target on this machine: two real sshd, each in a mount namespace with folders of its own in the place of
 * {@code /etc}, {@code /root}, {@code /srv} and {@code /var/lib}. Only processes and the network are shared.
 */
public final class TwoServers implements AutoCloseable {
    /** What one class of tests uses at a time (JUnit's ResourceLock): all of them see each other's processes. */
    public static final String RESOURCE = "two servers";

    private static final SecretRef KEY = new SecretRef("ops");
    private static final String SSHD = "/usr/sbin/sshd";

    private static final String ENTER = """
            set -e
            for folder in etc root srv var/lib; do
                mount --bind "$1/$folder" "/$folder"
            done
            exec /usr/sbin/sshd -D -e
            """;

    private final Path folder;
    private final Host source;
    private final Host target;
    private final SshServers servers;

    private record Host(Path root, HostSpec spec, Process daemon) {
        void end() {
            daemon.descendants().toList().forEach(ProcessHandle::destroyForcibly);
            daemon.destroyForcibly();
            daemon.onExit().join();
        }
    }

    private TwoServers(Path folder) throws IOException {
        this.folder = folder;
        ThisMachine.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ops", "-f", path("ops"));
        String key = Files.readString(folder.resolve("ops"));
        source = boot("old");
        try {
            target = boot("new");
        } catch (IOException e) {
            source.end();
            throw e;
        }
        servers = new SshServers(reference -> key);
    }

    /** Boots both; the test is skipped where that is not possible. */
    public static TwoServers boot(Path folder) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: two sshd need root");
        assumeTrue(Files.isExecutable(Path.of(SSHD)), "skipped: no sshd; apt-get install openssh-server");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/rsync")), "skipped: no rsync; apt-get install rsync");
        assumeTrue(mayUnshare(), "skipped: this machine allows no mount namespaces");
        return new TwoServers(folder);
    }

    private static boolean mayUnshare() throws IOException {
        Process process = new ProcessBuilder("unshare", "-m", "mount", "--bind", "/srv", "/srv")
                .redirectErrorStream(true)
                .start();
        process.getInputStream().readAllBytes();
        return exitCode(process) == 0;
    }

    private Host boot(String name) throws IOException {
        Path root = Files.createDirectory(folder.resolve(name));
        int port = ThisMachine.freePort();
        for (String made : List.of("etc", "root", "srv", "var", "var/lib")) {
            Files.createDirectory(root.resolve(made));
        }
        ThisMachine.command("chmod", "700", root.resolve("root").toString());
        for (String needed :
                List.of("passwd", "group", "nsswitch.conf", "ld.so.cache", "hosts", "protocols", "services")) {
            Path file = Path.of("/etc", needed);
            if (Files.exists(file)) {
                Files.copy(file, root.resolve("etc").resolve(needed));
            }
        }
        // Not locked, and no password fits.
        Files.writeString(root.resolve("etc/shadow"), "root:*:19000:0:99999:7:::\n");
        ThisMachine.command("chmod", "600", root.resolve("etc/shadow").toString());
        Path ssh = root.resolve("etc/ssh");
        Files.createDirectory(ssh);
        Path hostKey = ssh.resolve("ssh_host_ed25519_key");
        ThisMachine.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", hostKey.toString());
        Files.copy(folder.resolve("ops.pub"), ssh.resolve("ops_keys"));
        Files.writeString(ssh.resolve("sshd_config"), """
                Port %d
                ListenAddress 127.0.0.1
                AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/ops_keys
                PermitRootLogin prohibit-password
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                UsePAM no
                PidFile none
                """.formatted(port));
        // sshd changes its root to this empty folder before anybody is logged in; Debian makes it at boot.
        Files.createDirectories(Path.of("/run/sshd"));
        Path log = folder.resolve(name + ".log");
        Process daemon = new ProcessBuilder(
                        "unshare", "-m", "--propagation", "private", "sh", "-c", ENTER, "sh", root.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        ThisMachine.awaitListening(daemon, port, log);
        String fingerprint =
                ThisMachine.command("ssh-keygen", "-lf", hostKey + ".pub").split(" ", 3)[1];
        return new Host(
                root,
                new HostSpec(name + ".example.org", "127.0.0.1", new SshLogin("root", KEY, fingerprint, port)),
                daemon);
    }

    public MigrationContext migration() {
        return new MigrationContext("shop-1", "shop.example.org", source.spec(), target.spec());
    }

    public Servers servers() {
        return servers;
    }

    public Server server(Side side) {
        return servers.open(host(side).spec());
    }

    /** Where a server's absolute path is on this machine. */
    public Path on(Side side, String path) {
        return host(side).root().resolve(path.substring(1));
    }

    /** Runs a command on the target. */
    public Reply onTarget(List<String> command) {
        return server(Side.TARGET).run(new Script("exec \"$@\" </dev/null", command, null));
    }

    private Host host(Side side) {
        return side == Side.SOURCE ? source : target;
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static int exitCode(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        servers.close();
        source.end();
        target.end();
    }
}
