package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.GodwitJson;
import dev.godwit.workflows.activity.MigrationContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What Godwit made on the target, kept in the target's state folder: only what is written here is ever dropped. It is
 * written before the transaction that makes the thing commits, because an identifier of PostgreSQL's is never used
 * twice in practice: one that came to nothing harms nobody.
 *
 * @param database the copy's identifier ({@code pg_database.oid}), 0 for none
 * @param step the step that completed it, or empty
 * @param roles the roles that were made for it
 */
record CopyRecord(long database, String step, List<MadeRole> roles) {
    static final CopyRecord NONE = new CopyRecord(0, "", List.of());

    private static final int OWNER_ONLY = 0600;

    private static final String MAKE_FOLDER = """
            set -eu
            umask 077
            mkdir -p "$1"
            """;

    CopyRecord {
        step = step == null ? "" : step;
        roles = roles == null ? List.of() : List.copyOf(roles);
    }

    /** A role, by name and identifier ({@code pg_roles.oid}). */
    record MadeRole(String name, long oid) {}

    static CopyRecord read(Server target, MigrationContext migration, Names names) {
        return readState(target, migration, names.record())
                .map(bytes -> GodwitJson.mapper().readValue(bytes, CopyRecord.class))
                .orElse(NONE);
    }

    void write(Server target, MigrationContext migration, Names names) {
        writeState(
                target,
                migration,
                names.record(),
                GodwitJson.mapper().writeValueAsString(this).getBytes(StandardCharsets.UTF_8));
    }

    static Optional<byte[]> readState(Server server, MigrationContext migration, String file) {
        return server.read(StateFolder.of(migration.id()) + "/" + file);
    }

    static void writeState(Server server, MigrationContext migration, String file, byte[] content) {
        server.output(Script.of(MAKE_FOLDER, StateFolder.of(migration.id())));
        server.write(StateFolder.of(migration.id()) + "/" + file, content, OWNER_ONLY);
    }

    static void removeState(Server server, MigrationContext migration, String file) {
        server.output(Script.of("rm -f -- \"$1\"", StateFolder.of(migration.id()) + "/" + file));
    }
}
