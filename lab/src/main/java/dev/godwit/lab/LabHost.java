package dev.godwit.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.workflows.json.GodwitJson;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lab's script, as Java calls it. What the script tells people goes to this process's standard error. */
public final class LabHost {
    private static final String SCRIPT = "lab/host/lab";

    /** The command line that runs the script with some words. */
    static List<String> command(List<String> words) {
        List<String> command = new ArrayList<>();
        command.add(home().resolve(SCRIPT).toString());
        command.addAll(words);
        return command;
    }

    /** Where Godwit's sources are: the launcher says so; a test runs somewhere below. */
    public static Path home() {
        String told = System.getProperty("godwit.home");
        Path folder = Path.of(told == null ? "" : told).toAbsolutePath();
        return Stream.<@Nullable Path>iterate(folder, at -> at != null, at -> at == null ? null : at.getParent())
                .map(at -> at == null ? folder : at)
                .filter(at -> Files.isExecutable(at.resolve(SCRIPT)))
                .findFirst()
                .orElseThrow(() -> new LabException(
                        ExitCode.MACHINE,
                        "Expected " + SCRIPT + " in " + folder + " or above, but found none; run it by ./godwit"));
    }

    // ---- its life ----

    /** Boots the servers, with the site on the source. */
    public void up(Rows rows) {
        run("up", "--site", "--rows", rows.name());
    }

    /** Powers everything off and removes it; does nothing where there is none. */
    public void down() {
        run("down");
    }

    /** Whether a lab is there, running or not. */
    boolean isThere() {
        JsonNode status = GodwitJson.read(run("status", "--json"));
        return status.path("hosts")
                .valueStream()
                .anyMatch(host -> !host.path("state").asText("").equals("absent"));
    }

    public LabEnvironment environment() {
        return GodwitJson.read(run("env", "--json"), LabEnvironment.class);
    }

    // ---- its servers ----

    /** Runs a script on a server as root; its standard output. */
    String shell(String host, String script) {
        return run(List.of("ssh", host, "bash", "-s"), script);
    }

    /** Asks a server's PostgreSQL as its superuser; columns are divided by tabs, rows by line ends. */
    String sql(String host, String database, String statement) {
        String psql = "cd / && exec runuser -u postgres -- psql -X -At -F '\t' -v ON_ERROR_STOP=1 -d " + database;
        return run(List.of("ssh", host, psql), statement);
    }

    /** What of a server a migration may touch; with {@code --static} without what a site in use changes by itself. */
    Snapshot snapshot(String host, String... options) {
        List<String> words = new ArrayList<>(List.of("snapshot", host));
        words.addAll(List.of(options));
        return Snapshot.parse(run(words, null));
    }

    // ---- the network ----

    /** Nothing passes between two servers any more, or between one and {@code godwit}, which is this machine. */
    void cut(String one, String other) {
        run("cut", one, other);
    }

    /**
     * Every frame that leaves a server is late, and some are lost.
     *
     * @param loss in per cent
     * @param hosts those that it leaves; none for all, and this machine
     */
    void delay(Duration delay, int loss, String... hosts) {
        List<String> words = new ArrayList<>(List.of("delay", Long.toString(delay.toMillis()), Integer.toString(loss)));
        words.addAll(List.of(hosts));
        run(words, null);
    }

    /** Ends cuts, delays and losses. */
    void heal() {
        run("heal");
    }

    // ---- the client ----

    void startTraffic() {
        run("traffic", "start");
    }

    void stopTraffic() {
        run("traffic", "stop");
    }

    /** What the client met between two moments, without asking the site anything. */
    TrafficReport trafficReport(double since, double until) {
        return GodwitJson.read(
                run("traffic", "report", "--since", Double.toString(since), "--until", Double.toString(until)),
                TrafficReport.class);
    }

    /** Asks the site for every write that it has acknowledged. */
    TrafficVerdict trafficVerdict() {
        List<String> words = List.of("traffic", "verify");
        Result result = execute(words, null);
        // Status 1 says that something is missing, and comes with the verdict.
        if (result.exitCode() > 1 || result.output().isBlank()) {
            throw failed(words, result);
        }
        return GodwitJson.read(result.output(), TrafficVerdict.class);
    }

    // ---- the script ----

    private static String run(String... words) {
        return run(List.of(words), null);
    }

    private static String run(List<String> words, @Nullable String input) {
        Result result = execute(words, input);
        if (result.exitCode() != 0) {
            throw failed(words, result);
        }
        return result.output();
    }

    private static LabException failed(List<String> words, Result result) {
        return new LabException(
                result.exitCode(),
                "Expected 'lab " + String.join(" ", words) + "' to succeed, but it ended with status "
                        + result.exitCode() + " (its words are above)");
    }

    private record Result(int exitCode, String output) {}

    private static Result execute(List<String> words, @Nullable String input) {
        ProcessBuilder builder = new ProcessBuilder(command(words)).redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            try (OutputStream standardInput = process.getOutputStream()) {
                if (input != null) {
                    standardInput.write(input.getBytes(StandardCharsets.UTF_8));
                }
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(ExitCode.FAILURE, "Interrupted in 'lab " + String.join(" ", words) + "'", e);
        }
    }
}
