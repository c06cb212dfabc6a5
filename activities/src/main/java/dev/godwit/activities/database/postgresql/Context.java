package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.spec.PostgresqlDatabase;
import dev.godwit.workflows.spec.Side;

/** One database of one migration: what every piece of work here is about. */
record Context(MigrationContext migration, PostgresqlDatabase database, Server source, Server target, Names names) {
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
}
