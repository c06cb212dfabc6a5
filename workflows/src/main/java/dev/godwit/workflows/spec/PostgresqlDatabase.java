package dev.godwit.workflows.spec;

import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL database.
 *
 * <p>Without a login Godwit, which is root on both servers, speaks to the server's socket as the system user
 * {@code postgres} (peer authentication, PostgreSQL manual chapter 21.9), and needs no password at all.
 *
 * @param port the server's port, the same on both sides; it also names the socket
 * @param source a superuser's login on the source, if peer authentication is not wanted
 * @param target a superuser's login on the target, likewise
 */
public record PostgresqlDatabase(
        String name,
        CopyMethod copy,
        int port,
        @Nullable DatabaseLogin source,
        @Nullable DatabaseLogin target) implements DatabaseSpec {
    public PostgresqlDatabase {
        copy = copy == null ? CopyMethod.AUTO : copy;
        port = port == 0 ? 5432 : port;
    }

    /** The login on one side, or null for peer authentication. */
    public @Nullable DatabaseLogin login(Side side) {
        return side == Side.SOURCE ? source : target;
    }
}
