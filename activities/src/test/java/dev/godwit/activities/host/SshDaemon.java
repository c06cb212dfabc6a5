package dev.godwit.activities.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.activities.ThisMachine;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A real sshd on a loopback port, with its keys in a folder of the test's. Needs root and Debian's openssh-server. */
public final class SshDaemon implements AutoCloseable {
    private static final String PROGRAM = "/usr/sbin/sshd";
    private static final SecretRef KEY = new SecretRef("ops");

    private final Path folder;
    private final int port;
    private final String privateKey;
    private final Map<String, String> fingerprints = new TreeMap<>();
    private final List<String> options;
    private Process daemon;

    /**
     * Starts it.
     *
     * @param options lines of sshd_config that win over the fixture's own
     */
    public static SshDaemon start(Path folder, String... options) {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: a real sshd needs root");
        assumeTrue(Files.isExecutable(Path.of(PROGRAM)), "skipped: no " + PROGRAM + "; apt-get install openssh-server");
        try {
            return new SshDaemon(folder, List.of(options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SshDaemon(Path folder, List<String> options) throws IOException {
        this.folder = folder;
        this.options = options;
        port = ThisMachine.freePort();
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            Path key = folder.resolve("host_" + type);
            if (!Files.exists(key)) {
                ThisMachine.command("ssh-keygen", "-q", "-t", type, "-N", "", "-f", key.toString());
            }
            fingerprints.put(type, word(ThisMachine.command("ssh-keygen", "-lf", key + ".pub")));
        }
        Path user = folder.resolve("user");
        if (!Files.exists(user)) {
            ThisMachine.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", user.toString());
            Files.copy(folder.resolve("user.pub"), folder.resolve("authorized_keys"));
        }
        privateKey = Files.readString(user);
        // sshd changes its root to this empty folder before anybody is logged in; Debian makes it at boot.
        Files.createDirectories(Path.of("/run/sshd"));
        daemon = launch();
    }

    private Process launch() throws IOException {
        List<String> config = new ArrayList<>(options);
        config.addAll(List.of(
                "Port " + port,
                "ListenAddress 127.0.0.1",
                "HostKey " + folder.resolve("host_ed25519"),
                "HostKey " + folder.resolve("host_ecdsa"),
                "HostKey " + folder.resolve("host_rsa"),
                "AuthorizedKeysFile " + folder.resolve("authorized_keys"),
                "PermitRootLogin prohibit-password",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "StrictModes no",
                "UsePAM no",
                // Whatever this machine's root has in its .bashrc is no part of a test.
                "SetEnv HOME=" + folder,
                "PidFile none"));
        Path file = folder.resolve("sshd_config");
        Files.writeString(file, String.join("\n", config) + "\n");
        Process process = new ProcessBuilder(PROGRAM, "-D", "-e", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        ThisMachine.awaitListening(process, port, folder.resolve("log"));
        return process;
    }

    /** How to log in to it as root. */
    public HostSpec spec() {
        return spec("ed25519");
    }

    /** How to log in to it as root, with the key of one kind pinned. */
    public HostSpec spec(String kind) {
        return pinned(fingerprint(kind));
    }

    HostSpec pinned(String fingerprint) {
        return new HostSpec("old.example.org", "127.0.0.1", new SshLogin("root", KEY, fingerprint, port));
    }

    String fingerprint(String kind) {
        String fingerprint = fingerprints.get(kind);
        if (fingerprint == null) {
            throw new IllegalArgumentException("Expected ed25519, ecdsa or rsa, but found " + kind);
        }
        return fingerprint;
    }

    /** Secrets with the key that it accepts. */
    public Secrets secrets() {
        return reference -> {
            if (reference.equals(KEY)) {
                return privateKey;
            }
            throw new IllegalArgumentException("Expected " + KEY + ", but found " + reference);
        };
    }

    /** Stops listening and ends every connection, as a reboot does. */
    void stop() {
        daemon.descendants().forEach(ProcessHandle::destroyForcibly);
        daemon.destroyForcibly();
        try {
            daemon.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Listens again, on the same port with the same keys. */
    void startAgain() throws IOException {
        daemon = launch();
    }

    /** Ends the connections, not the daemon. */
    void drop() {
        daemon.children().toList().forEach(child -> {
            List<ProcessHandle> programs = child.descendants().toList();
            // The connection first: one that outlives its program reports how that ended, which is not a drop.
            child.destroyForcibly();
            programs.forEach(ProcessHandle::destroyForcibly);
        });
    }

    /**
     * Stops the processes of the connections, which then are as silent as behind a cut cable.
     */
    void freeze() {
        List<String> words = new ArrayList<>(List.of("kill", "-STOP"));
        daemon.children().forEach(child -> words.add(Long.toString(child.pid())));
        try {
            if (words.size() > 2) {
                ThisMachine.command(words.toArray(String[]::new));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes of the connections that are open, or about to end. */
    Set<Long> connections() {
        return daemon.children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    /** The second word of a line. */
    private static String word(String line) {
        int start = line.indexOf(' ') + 1;
        return line.substring(start, line.indexOf(' ', start));
    }

    @Override
    public void close() {
        stop();
    }
}
