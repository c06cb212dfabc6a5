package dev.godwit.lab;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Hands everything on to the lab's own script, with this terminal. */
@Command(name = "lab", description = "The servers of the demo, to try a migration of your own; see lab --help.")
public final class LabCommand implements Callable<Integer> {
    /** What takes the servers away from whoever uses them. */
    private static final Set<String> DESTROYS = Set.of("down", "reset");

    @Parameters(arity = "0..*", paramLabel = "WORD", description = "A command of the lab; --help shows them all.")
    private List<String> words = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!words.isEmpty() && DESTROYS.contains(words.getFirst()) && LabLock.isTaken()) {
            throw new LabException(
                    ExitCode.STATE,
                    "Expected a lab that nobody uses, but found a demo, test or benchmark in it (it holds "
                            + LabLock.PATH + "); wait for its end, or end it, then try again");
        }
        return new ProcessBuilder(LabHost.command(words)).inheritIO().start().waitFor();
    }
}
