package dev.godwit.app;

import dev.godwit.app.engine.Engines;
import io.micronaut.context.ApplicationContext;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Finds the engine's program, or obtains it, so that it is there when something needs it at once. */
@Command(
        name = "engine",
        description = "Finds the Temporal server that 'up' would run, or obtains it once, and says where it is.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:it is there", "2:the command line is wrong", "69:it can be neither found nor obtained"})
final class ObtainEngine implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (ApplicationContext context = Godwit.configured(Map.of())) {
            Path program = context.getBean(Engines.class).program();
            spec.commandLine().getOut().println(program);
            return ExitCode.OK;
        }
    }
}
