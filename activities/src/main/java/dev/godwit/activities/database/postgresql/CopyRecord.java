package dev.godwit.activities.database.postgresql;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.server.Side;
import java.util.List;

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

    CopyRecord {
        step = step == null ? "" : step;
        roles = roles == null ? List.of() : List.copyOf(roles);
    }

    /** A role, by name and identifier ({@code pg_roles.oid}). */
    record MadeRole(String name, long oid) {}

    static CopyRecord read(Context context) {
        return context.readState(Side.TARGET, context.names().record())
                .map(json -> GodwitJson.read(json, CopyRecord.class))
                .orElse(NONE);
    }

    void write(Context context) {
        context.writeState(Side.TARGET, context.names().record(), GodwitJson.write(this));
    }
}
