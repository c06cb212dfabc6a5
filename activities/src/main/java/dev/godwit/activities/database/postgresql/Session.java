package dev.godwit.activities.database.postgresql;

import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A session with one database. What PostgreSQL refuses comes as an {@link ApplicationFailure}. */
final class Session implements AutoCloseable {
    private final Connection connection;
    private final String where;
    private final TunnelSocketFactory.Way way;
    private volatile @Nullable Statement running;

    /**
     * Wraps a connection.
     *
     * @param where which database on which server, for messages
     * @param way closed with the session
     */
    Session(Connection connection, String where, TunnelSocketFactory.Way way) {
        this.connection = connection;
        this.where = where;
        this.way = way;
    }

    /** Reads one row. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Every row of a query. */
    <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... values) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            running = statement;
            try (ResultSet rows = statement.executeQuery()) {
                List<T> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(reader.read(rows));
                }
                return result;
            }
        } catch (SQLException e) {
            throw failure(e, where);
        }
    }

    /** The only row of a query, or empty. */
    <T> Optional<T> find(String sql, RowReader<T> reader, @Nullable Object... values) {
        return list(sql, reader, values).stream().findFirst();
    }

    /** The only row of a query. */
    <T> T one(String sql, RowReader<T> reader, @Nullable Object... values) {
        return find(sql, reader, values)
                .orElseThrow(() -> FailureType.DATABASE_FAILED.because(
                        "Expected a row from " + where + ", but found none; look whether the database was dropped"));
    }

    String text(String sql, @Nullable Object... values) {
        return one(sql, row -> row.getString(1), values);
    }

    List<String> texts(String sql, @Nullable Object... values) {
        return list(sql, row -> row.getString(1), values);
    }

    long number(String sql, @Nullable Object... values) {
        return one(sql, row -> row.getLong(1), values);
    }

    boolean test(String sql, @Nullable Object... values) {
        return one(sql, row -> row.getBoolean(1), values);
    }

    /** Runs a constant statement, or one that a server has quoted. */
    void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failure(e, where);
        }
    }

    /** Runs a statement after the server has put names ({@code %I}) and texts ({@code %L}) into it, quoted. */
    void executeFormatted(String template, String... values) {
        try {
            Array array = connection.createArrayOf("text", values);
            execute(text("SELECT format(?, VARIADIC ?::text[])", template, array));
        } catch (SQLException e) {
            throw failure(e, where);
        }
    }

    /** Runs something in one transaction. */
    <T> T inTransaction(Supplier<T> work) {
        try {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                T result = work.get();
                connection.commit();
                done = true;
                connection.setAutoCommit(true);
                return result;
            } finally {
                if (!done) {
                    rollBack();
                }
            }
        } catch (SQLException e) {
            throw failure(e, where);
        }
    }

    /** Runs statements in a transaction that is taken back. Throws what the server answers, unchanged. */
    void attempt(String... statements) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } finally {
            rollBack();
        }
    }

    /** Waits for answers for so long; what a server computes for minutes needs more than the default. */
    Session patient(Duration wait) {
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(wait.toMillis()));
            return this;
        } catch (SQLException e) {
            throw failure(e, where);
        }
    }

    /** The server's major version. */
    int major() {
        try {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw failure(e, where);
        }
    }

    /** Ends what the session is doing, on the server too, from another thread. */
    void abort() {
        cancel();
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone already, which is what was wanted.
            return;
        }
    }

    /** A server that computes does not look whether anybody still listens. */
    private void cancel() {
        Statement statement = running;
        if (statement == null) {
            return;
        }
        try {
            statement.cancel();
        } catch (SQLException e) {
            // The server is not reached, or had nothing to do.
            return;
        }
    }

    @Override
    public void close() {
        try (way) {
            connection.close();
        } catch (SQLException e) {
            // Whoever closes has what they came for; a session that is lost is closed.
            return;
        }
    }

    private void rollBack() {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The failure that led here says more.
            return;
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    /** What a failure of PostgreSQL means, by its SQLSTATE (PostgreSQL manual, appendix A). */
    static ApplicationFailure failure(SQLException failure, String where) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApplicationFailure known) {
                return known;
            }
        }
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String found = " at " + where + ", but found: " + message(failure);
        if (state.equals("28P01") || state.equals("28000")) {
            return FailureType.LOGIN_REFUSED.because("Expected to log in" + found
                    + "; look at the login in the spec, its secret, and the server's pg_hba.conf");
        }
        if (state.equals("3D000")) {
            return FailureType.SPEC_MISMATCH.because(
                    "Expected the database" + found + "; look at its name and port in the spec");
        }
        if (state.equals("42501")) {
            return FailureType.LOGIN_REFUSED.because(
                    "Expected a superuser" + found + "; name a superuser's login in the spec, or none");
        }
        if (state.equals("53100")) {
            return FailureType.DISK_FULL.because("Expected room on the disk" + found + "; make room");
        }
        if (state.startsWith("08")) {
            return FailureType.DATABASE_FAILED.because(
                    "Expected a session" + found + "; look whether PostgreSQL runs there and listens on that port",
                    failure);
        }
        return FailureType.DATABASE_FAILED.because(
                "Expected PostgreSQL to do its part" + found + "; look at the server's log", failure);
    }

    private static String message(SQLException failure) {
        if (failure instanceof PSQLException known) {
            ServerErrorMessage server = known.getServerErrorMessage();
            if (server != null) {
                return server.getMessage() + " (SQLSTATE " + server.getSQLState() + ")"
                        + (server.getHint() == null ? "" : ", hint: " + server.getHint());
            }
        }
        return String.valueOf(failure.getMessage());
    }
}
