package dev.godwit.activities.host;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.GodwitJson;
import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.spec.HostSpec;
import dev.godwit.workflows.spec.SecretRef;
import dev.godwit.workflows.spec.SshLogin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import tools.jackson.databind.JsonNode;

/**
 * The lab's servers, whole Debian systems with systemd, where they are up ({@code ./godwit lab up}); else the tests that
 * need them are skipped and say so.
 */
public final class LabServers implements AutoCloseable {
    private static final SecretRef KEY = new SecretRef("ops");

    private final JsonNode lab;
    private final SshServers servers;

    /** Held as long as these servers are used: a demo or a scenario that moves the shop there must not be disturbed. */
    private final FileChannel turn;

    private LabServers(JsonNode lab, FileChannel turn) {
        this.lab = lab;
        this.turn = turn;
        servers = new SshServers(secrets());
    }

    /** The servers that are up now. */
    public static LabServers find() {
        Path program = program();
        try {
            Process process = new ProcessBuilder(program.toString(), "env", "--json").start();
            String answer =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                return abort("skipped: the lab is not up; as root: " + program + " up");
            }
            return new LabServers(GodwitJson.mapper().readTree(answer), turn());
        } catch (IOException e) {
            return abort("skipped: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The lock that a session on the lab holds; the test is skipped while there is one. */
    private static FileChannel turn() throws IOException {
        String home = System.getenv().getOrDefault("GODWIT_LAB_HOME", "/var/lib/godwit-lab");
        Path path = Path.of(home + ".session.lock");
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (file.tryLock() == null) {
            file.close();
            return abort("skipped: a demo or a scenario is using the lab");
        }
        return file;
    }

    private static Path program() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path program = folder.resolve("lab/host/lab");
            if (Files.isExecutable(program)) {
                return program;
            }
        }
        return abort("skipped: no lab/host/lab above " + Path.of("").toAbsolutePath());
    }

    /** Secrets with the lab's ssh key. */
    public Secrets secrets() {
        return reference -> {
            try {
                return Files.readString(Path.of(lab.get("sshKey").asString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** How to log in to one of them, such as {@code old}. */
    public HostSpec spec(String host) {
        JsonNode node = lab.get("hosts").get(host);
        return new HostSpec(
                node.get("name").asString(),
                node.get("address").asString(),
                new SshLogin("root", KEY, node.get("hostKey").asString(), 22));
    }

    /** Where they can be opened. */
    public SshServers servers() {
        return servers;
    }

    /** One of them. */
    public Server open(String host) {
        return servers.open(spec(host));
    }

    /** A migration from old to new. */
    public MigrationContext migration(String id) {
        return new MigrationContext(id, "shop.example.org", spec("old"), spec("new"));
    }

    @Override
    public void close() {
        servers.close();
        try {
            turn.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
