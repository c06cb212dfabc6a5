package dev.godwit.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Fuzzes a Godwit of its own with schemathesis, from the OpenAPI document that it serves: no answer may be a 500, and
 * none may contradict the document.
 *
 * <p>It is a program because it runs, with Godwit and schemathesis, in a network of its own that has nothing but a
 * loopback: a generated spec names servers, and Godwit would knock at those of strangers.
 */
final class ApiFuzz {
    private static final String SETTINGS = "lab/src/test/resources/fuzz/schemathesis.toml";

    /** What is asked of a migration; a rollback would end the one that waits. */
    private static final List<String> STEERING =
            List.of("--include-path-regex", "migrations/\\{id\\}", "--exclude-path-regex", "rollback");

    private ApiFuzz() {}

    /**
     * Runs it, about a migration that is over, and about one that waits at its gate; the exit status is the first of
     * schemathesis' that is not 0.
     *
     * @param arguments its program, a folder for the data of both Godwits, and options of its own
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        String program = arguments[0];
        Path folder = Path.of(arguments[1]);
        List<String> options = List.of(arguments).subList(2, arguments.length);
        int over = fuzz(
                program,
                Files.createDirectory(folder.resolve("over")),
                Map.of(),
                options,
                view -> view.outcome() != null);
        int waiting = fuzz(
                program,
                Files.createDirectory(folder.resolve("waiting")),
                Map.of(IdleHands.PROPERTY, "0s"),
                Stream.concat(options.stream(), STEERING.stream()).toList(),
                view -> Mover.waitsFor(view, Waiting.For.APPROVAL));
        System.exit(over == 0 ? waiting : over);
    }

    private static int fuzz(
            String program,
            Path data,
            Map<String, String> settings,
            List<String> options,
            Predicate<MigrationView> known)
            throws IOException, InterruptedException {
        try (GodwitProcess godwit = GodwitProcess.start(data, settings)) {
            Path file = Files.writeString(
                    data.resolve("schemathesis.toml"),
                    Files.readString(LabHost.home().resolve(SETTINGS))
                            + """

                            [parameters]
                            "path.id" = "%s"
                            """.formatted(someMigration(godwit.api(), known)));
            List<String> command = new ArrayList<>(List.of(
                    program,
                    "--config-file",
                    file.toString(),
                    "run",
                    godwit.url() + "/openapi.json",
                    "--header",
                    "Authorization: Bearer "
                            + Files.readString(godwit.tokenFile()).strip()));
            command.addAll(options);
            return new ProcessBuilder(command)
                    .directory(data.toFile())
                    .redirectErrorStream(true)
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    /**
     * A migration that there is more to say about than "unknown".
     *
     * @param known the state that it is to be in
     */
    private static String someMigration(GodwitApi api, Predicate<MigrationView> known)
            throws IOException, InterruptedException {
        String yaml = DemoSpec.yaml(LabEnvironment.SAMPLE, Duration.ofMinutes(1), Budget.DEFAULT.decision());
        JsonNode spec = SpecReader.tree(yaml, SpecReader.Format.YAML);
        MigrationView started = api.start(spec, null, "fuzz", "there is something to ask about");
        return api.follow(started.id(), Duration.ofMinutes(5), view -> {}, known)
                .id();
    }
}
