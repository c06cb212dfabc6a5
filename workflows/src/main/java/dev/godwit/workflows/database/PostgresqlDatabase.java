package dev.godwit.workflows.database;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import dev.godwit.workflows.server.Side;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL database.
 *
 * <p>Without a login Godwit, which is root on both servers, speaks to the server's socket as the system user
 * {@code postgres} (peer authentication, PostgreSQL manual chapter 21.9), and needs no password at all.
 *
 * @param port also names the socket
 */
public record PostgresqlDatabase(
        @Key(value = "the database's name, the same on both servers", text = Text.DATABASE_NAME)
        String name,

        @Key(value = "how it is copied", standard = "\"auto\"")
        CopyMethod copy,

        @Key(value = "the server's port, the same on both sides", least = 1, most = 65535, standard = "5432")
        int port,

        @Key("a superuser's login on the source, if peer authentication as postgres is not wanted") @Nullable
        DatabaseLogin source,

        @Key("a superuser's login on the target, likewise") @Nullable
        DatabaseLogin target)
        implements DatabaseSpec {
    public PostgresqlDatabase {
        copy = copy == null ? CopyMethod.AUTO : copy;
        port = port == 0 ? 5432 : port;
    }

    /** The login on one side, or null for peer authentication. */
    public @Nullable DatabaseLogin login(Side side) {
        return side == Side.SOURCE ? source : target;
    }

    @Override
    public boolean hasSequences() {
        return true;
    }
}
