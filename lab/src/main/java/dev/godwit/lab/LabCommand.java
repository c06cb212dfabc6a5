package dev.godwit.lab;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Hands everything on to the lab's own script, with this terminal. */
@Command(name = "lab", description = "The servers of the demo, to try a migration of your own; see lab --help.")
final class LabCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "WORD", description = "A command of the lab; --help shows them all.")
    private List<String> words = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        return new ProcessBuilder(LabHost.command(words)).inheritIO().start().waitFor();
    }
}
