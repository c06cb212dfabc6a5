package dev.godwit.app.engine;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the engine that a killed Godwit left behind. An engine is ours if its command line names our database file and
 * the program's sub-command: nothing else can be meant, whatever happened to pid files, and no other program is touched.
 */
final class OwnProcesses {
    private OwnProcesses() {}

    /** The running development servers that have this database file open. */
    static List<ProcessHandle> serving(Path database) {
        String file = database.toAbsolutePath().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> isServing(process, file))
                .toList();
    }

    private static boolean isServing(ProcessHandle process, String database) {
        List<String> arguments = process.info().arguments().map(Arrays::asList).orElse(List.of());
        return arguments.contains(DevelopmentServer.SUB_COMMAND) && arguments.contains(database);
    }
}
