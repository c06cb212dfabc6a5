package dev.godwit.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.MigrationContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lab's servers, whole Debian systems with systemd. Those that are up are used as they are; where there are none they
 * are booted, and taken down when these tests end. Who is not root, or whose machine cannot hold them, has the tests
 * skipped and reads why.
 */
public final class LabServers implements AutoCloseable {
    /** What one class of tests uses at a time (JUnit's ResourceLock). */
    public static final String RESOURCE = "lab";

    private static final SecretRef KEY = new SecretRef("ops");
    private static final Path PROGRAM = program();

    /** The lab's own exit status for a machine that cannot hold it. */
    private static final int CANNOT_HOLD = 3;

    /** Held until these tests end: a demo or a scenario that moves the shop there must not be disturbed. */
    private static @Nullable FileChannel turn;

    private static @Nullable JsonNode environment;

    private final JsonNode lab;
    private final SshServers servers;

    private LabServers(JsonNode lab) {
        this.lab = lab;
        servers = new SshServers(secrets());
    }

    /** The servers, booted if need be. */
    public static synchronized LabServers find() {
        try {
            if (environment == null) {
                assumeTrue(
                        "root".equals(System.getProperty("user.name")),
                        "skipped: whole servers are booted in namespaces, and that needs root");
                takeTurn();
                bootUnlessUp();
                environment = GodwitJson.read(answer("env", "--json"));
            }
            return new LabServers(environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void takeTurn() throws IOException {
        if (turn != null) {
            return;
        }
        String home = System.getenv().getOrDefault("GODWIT_LAB_HOME", "/var/lib/godwit-lab");
        FileChannel file =
                FileChannel.open(Path.of(home + ".session.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (file.tryLock() == null) {
            file.close();
            abort("skipped: a demo or a scenario is using the lab");
        }
        turn = file;
    }

    private static void bootUnlessUp() throws IOException, InterruptedException {
        List<String> states = GodwitJson.read(answer("status", "--json"))
                .get("hosts")
                .valueStream()
                .map(host -> host.get("state").asText())
                .distinct()
                .toList();
        if (states.equals(List.of("running"))) {
            return;
        }
        assertThat(states)
                .as("a lab that is up as a whole, or none: ./godwit lab status; ./godwit lab down removes what is left")
                .containsExactly("absent");
        Runtime.getRuntime().addShutdownHook(new Thread(LabServers::takeDown, "lab-down"));
        int status = run("up");
        assumeTrue(status != CANNOT_HOLD, "skipped: this machine cannot hold the lab (its words are above)");
        assertThat(status).as("exit status of lab up (its words are above)").isZero();
    }

    private static void takeDown() {
        try {
            run("down");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(String... words) throws IOException, InterruptedException {
        return start(ProcessBuilder.Redirect.INHERIT, words).waitFor();
    }

    private static String answer(String... words) throws IOException, InterruptedException {
        Process process = start(ProcessBuilder.Redirect.PIPE, words);
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("exit status of lab %s", List.of(words))
                .isZero();
        return answer;
    }

    private static Process start(ProcessBuilder.Redirect output, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Path program() {
        return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
                .map(folder -> folder.resolve("lab/host/lab"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Expected lab/host/lab above "
                        + Path.of("").toAbsolutePath() + ", but found none; run this from a clone of Godwit"));
    }

    /** Secrets with the lab's ssh key. */
    public Secrets secrets() {
        return reference -> {
            try {
                return Files.readString(Path.of(lab.get("sshKey").asText()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** How to log in to one of them, such as {@code old}. */
    public HostSpec spec(String host) {
        JsonNode node = lab.get("hosts").get(host);
        return new HostSpec(
                node.get("name").asText(),
                node.get("address").asText(),
                new SshLogin("root", KEY, node.get("hostKey").asText(), 22));
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
    }
}
