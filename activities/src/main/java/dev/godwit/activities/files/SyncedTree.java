package dev.godwit.activities.files;

import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.notation.ServiceFolder;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.MigrationContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A folder of a migration, under the names that it has on both servers. */
record SyncedTree(MigrationContext migration, FileTree tree) {
    private static final int DIGITS = 16;

    /**
     * One that may be moved. Whoever only compares or takes back need not ask: the folder was copied by a build whose
     * list may have been another.
     *
     * @throws io.temporal.failure.ApplicationFailure if it belongs to others than the service
     */
    static SyncedTree movable(MigrationContext migration, FileTree tree) {
        checked(tree.path());
        return new SyncedTree(migration, tree);
    }

    /** The same path, if it is of a folder that may be moved. */
    static String checked(String path) {
        ServiceFolder.problem(path).ifPresent(problem -> {
            throw FailureType.SPEC_MISMATCH.because("Expected an absolute path without '.' and '..' of a folder of the"
                    + " service's own, but found '" + path + "': " + problem + "; name a folder of the service");
        });
        return path;
    }

    String path() {
        return tree.path();
    }

    /** Made from the path, and fit for a file name, a unit name and a program's name. */
    String id() {
        return Sha256.of(path()).substring(0, DIGITS);
    }

    /** Where Godwit keeps what it knows about the folder, on either server. */
    String work() {
        return StateFolder.of(migration.id()) + "/files/" + id();
    }

    /**
     * Names a job of this folder. The folder and not the step's id, so that the undo of the first pass can stop the jobs
     * of all passes.
     */
    JobKey job(String part) {
        return new JobKey(migration.id(), "files-" + id() + "-" + part);
    }

    /** The job's file with what stays behind. */
    Map<String, byte[]> rules() {
        return Map.of("exclude", Rules.text(tree).getBytes(StandardCharsets.UTF_8));
    }
}
