package dev.godwit.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs Godwit until it is told to stop. */
@Command(
        name = "up",
        description =
                "Runs Godwit until it is told to stop. Whatever was killed with it, the next 'up' on the same data"
                        + " folder goes on with every migration.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:stopped as asked",
            "1:a failure inside Godwit",
            "2:the command line is wrong",
            "69:something that it needs is not there: the engine, a port, the data folder",
            "78:the configuration is wrong"
        })
final class Up implements Callable<Integer> {
    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "all",
            description = "What this process does: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Role role = Role.ALL;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Where all state is kept. Default: ~/.local/share/godwit.")
    private @Nullable Path data;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Where the API listens. Default: 127.0.0.1.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "The port of the API; 0 for any. Default: 8470.")
    private @Nullable Integer port;

    @Option(
            names = "--temporal-address",
            paramLabel = "HOST:PORT",
            description = "Use this Temporal cluster instead of an engine of our own.")
    private @Nullable String temporalAddress;

    @Option(names = "--temporal-namespace", paramLabel = "NAME", description = "Its namespace. Default: godwit.")
    private @Nullable String temporalNamespace;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "A YAML file with settings; the command line wins over the environment, the environment over it.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Any setting by its name, such as godwit.engine.port=7300; see --settings.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--settings", description = "Print every setting with its default and meaning, and exit.")
    private boolean list;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        if (list) {
            print(Setting.all());
            return ExitCode.OK;
        }
        for (String name : settings.keySet()) {
            Setting.problem(name).ifPresent(problem -> {
                throw new ParameterException(spec.commandLine(), "--set: " + problem);
            });
        }
        Map<String, String> given = given();
        if (config != null && !config.toFile().canRead()) {
            throw new ParameterException(spec.commandLine(), "Expected to read the file " + config + ", but cannot");
        }
        if (port != null && (port < 0 || port > 65535)) {
            throw new ParameterException(
                    spec.commandLine(), "Expected a port from 0 to 65535, but found --port " + port);
        }
        try (Godwit godwit = Godwit.start(role, given)) {
            spec.commandLine().getOut().println(godwit.ready());
            spec.commandLine().getOut().flush();
            godwit.awaitEnd();
        }
        return ExitCode.OK;
    }

    private void print(List<Setting> known) {
        PrintWriter out = spec.commandLine().getOut();
        for (Setting setting : known) {
            out.printf(
                    "%s%s%n    %s%n",
                    setting.name(),
                    setting.standard() == null ? "" : " (default: " + setting.standard() + ")",
                    setting.meaning());
        }
        out.flush();
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "micronaut.config.files", config);
        put(given, "godwit.data", data);
        put(given, "micronaut.server.host", host);
        put(given, "micronaut.server.port", port);
        put(given, "temporal.address", temporalAddress);
        put(given, "temporal.namespace", temporalNamespace);
        given.putAll(settings);
        return given;
    }

    private static void put(Map<String, String> given, String name, @Nullable Object value) {
        if (value != null) {
            given.put(name, value.toString());
        }
    }
}
