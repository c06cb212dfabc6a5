package dev.godwit.lab.main;

import dev.godwit.lab.DemoCommand;
import dev.godwit.lab.Failures;
import dev.godwit.lab.LabCommand;
import dev.godwit.lab.bench.BenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of what needs the lab. {@code ./godwit} is in front of it. */
@Command(
        name = "godwit",
        description = "Moves a live site between real servers on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = {DemoCommand.class, BenchCommand.class})
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Runs a command and ends the process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line. */
    public static CommandLine commandLine() {
        // What follows 'lab' belongs to the script, whatever it looks like.
        CommandLine lab = new CommandLine(new LabCommand()).setUnmatchedOptionsArePositionalParams(true);
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .addSubcommand("lab", lab)
                .setExecutionExceptionHandler(new Failures());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Expected a command, such as 'demo' or 'lab'");
    }
}
