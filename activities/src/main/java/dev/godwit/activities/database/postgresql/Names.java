package dev.godwit.activities.database.postgresql;

import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Pass;
import java.util.Locale;

/**
 * The names of what Godwit makes for one database of one migration, each unmistakably its own.
 *
 * @param hash of the migration and the database: database names hold any character, these only letters and digits
 */
record Names(String hash) {
    private static final int DIGITS = 16;

    static Names of(MigrationContext migration, PostgresqlDatabase database) {
        return new Names(Sha256.of(migration.id() + "\n" + database.port() + "\n" + database.name())
                .substring(0, DIGITS));
    }

    /** The database that is being filled; it gets its real name when it is complete. */
    String unfinished() {
        return "godwit_" + hash;
    }

    /** What the copy's sessions on the source are called. */
    String sessions() {
        return "godwit copy " + hash;
    }

    /** The role that tries to write. */
    String probe() {
        return "godwit_probe_" + hash;
    }

    /** The job that copies; the first copy's undo must find the final one's too. */
    String job(Pass pass) {
        return "database-" + hash + "-" + pass.name().toLowerCase(Locale.ROOT);
    }

    /** The program on the source that the target may run. */
    String program() {
        return "database-" + hash;
    }

    /** What Godwit did on the target, in the state folder. */
    String record() {
        return "database-" + hash + ".json";
    }

    /** What the copy counted on its way, in the target's state folder. */
    String counted() {
        return "database-" + hash + ".counted.json";
    }

    /** The limit that the fence found, in the source's state folder. */
    String limit() {
        return "database-" + hash + ".limit";
    }

    /** The source's password for its own tools, in its state folder. */
    String password() {
        return "database-" + hash + ".pgpass";
    }
}
