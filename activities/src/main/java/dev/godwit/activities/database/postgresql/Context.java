package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.MigrationContext;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One database of one migration: what every piece of work here is about. */
record Context(MigrationContext migration, PostgresqlDatabase database, Server source, Server target, Names names) {
    private static final int OWNER_ONLY = 0600;

    private static final String MAKE_FOLDER = """
            set -eu
            umask 077
            mkdir -p "$1"
            """;

    static Context of(Servers servers, MigrationContext migration, PostgresqlDatabase database) {
        return new Context(
                migration,
                database,
                servers.open(migration.source()),
                servers.open(migration.target()),
                Names.of(migration, database));
    }

    Server server(Side side) {
        return side == Side.SOURCE ? source : target;
    }

    /** Where a file of Godwit's own is, on either side. */
    String statePath(String file) {
        return StateFolder.of(migration.id()) + "/" + file;
    }

    Optional<String> readState(Side side, String file) {
        return server(side).read(statePath(file)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    void writeState(Side side, String file, String content) {
        server(side).output(Script.of(MAKE_FOLDER, StateFolder.of(migration.id())));
        server(side).write(statePath(file), content.getBytes(StandardCharsets.UTF_8), OWNER_ONLY);
    }

    void removeState(Side side, String file) {
        server(side).output(Script.of("rm -f -- \"$1\"", statePath(file)));
    }
}
