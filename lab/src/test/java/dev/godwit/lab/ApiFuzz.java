package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Fuzzes a Godwit of its own with schemathesis, from the OpenAPI document that it serves: no answer may be a 500, and
 * none may contradict the document.
 *
 * <p>It is a program because it runs, with Godwit and schemathesis, in a network of its own that has nothing but a
 * loopback: a generated spec names servers, and Godwit would knock at those of strangers.
 */
final class ApiFuzz {
    private static final String SETTINGS = "lab/src/test/resources/fuzz/schemathesis.toml";

    private ApiFuzz() {}

    /**
     * Runs it; the exit status is schemathesis'.
     *
     * @param arguments its program, a folder for Godwit's data, and options of its own
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        Path data = Path.of(arguments[1]);
        int status;
        try (GodwitProcess godwit = GodwitProcess.start(data, Map.of())) {
            Path settings = Files.writeString(
                    data.resolve("schemathesis.toml"),
                    Files.readString(LabHost.home().resolve(SETTINGS)) + """

                            [parameters]
                            "path.id" = "%s"
                            """.formatted(someMigration(godwit.api())));
            List<String> command = new ArrayList<>(List.of(
                    arguments[0],
                    "--config-file",
                    settings.toString(),
                    "run",
                    godwit.url() + "/openapi.json",
                    "--header",
                    "Authorization: Bearer "
                            + Files.readString(godwit.tokenFile()).strip()));
            command.addAll(List.of(arguments).subList(2, arguments.length));
            status = new ProcessBuilder(command)
                    .directory(data.toFile())
                    .redirectErrorStream(true)
                    .inheritIO()
                    .start()
                    .waitFor();
        }
        System.exit(status);
    }

    /** A migration between servers that nobody reaches: what is asked about it is answered by more than "unknown". */
    private static String someMigration(GodwitApi api) throws IOException, InterruptedException {
        String yaml = DemoSpec.yaml(LabEnvironment.SAMPLE, Duration.ofMinutes(1), Budget.DEFAULT.decision());
        JsonNode spec = SpecReader.tree(yaml, SpecReader.Format.YAML);
        MigrationView started = api.start(spec, null, "fuzz", "there is something to ask about");
        return api.follow(started.id(), Duration.ofMinutes(5), view -> {}, view -> view.outcome() != null)
                .id();
    }
}
