package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.database.PostgresqlFence;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Outcome;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PasswordUtil;
import org.postgresql.util.ServerErrorMessage;

/**
 * Keeps everybody but superusers out of the source's database: {@code ALTER DATABASE … CONNECTION LIMIT 0}. It names no
 * role, so it forgets none, and it touches no other database that the same roles use. No client can override it, as it
 * could {@code default_transaction_read_only}. Superusers are exempt (PostgreSQL manual, ALTER DATABASE), so none of
 * theirs may be left but Godwit's.
 *
 * <p>The proof is an attempt to write by a role that may do what the database's owner may, over the way that an
 * application takes. It counts only because the same attempt succeeded before.
 */
final class Fence {
    private static final String TOO_MANY_CONNECTIONS = "53300";

    /** Where PostgreSQL refuses for the database's own limit, and not for the server's or the role's. */
    private static final String DATABASE_LIMIT = "CheckMyDatabase";

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PROBE_LIFE = Duration.ofMinutes(10);
    private static final int PASSWORD_BYTES = 24;

    /** Whoever could still write, but Godwit itself and those that serve the server. */
    private static final String OTHERS = """
            FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
             WHERE a.datname = ? AND a.pid <> pg_backend_pid()
               AND (a.backend_type = 'client backend' OR a.backend_xid IS NOT NULL)
               AND NOT (coalesce(r.rolsuper, false) AND a.application_name LIKE 'godwit%')
            """;

    private final Connections connections;
    private final SecureRandom random = new SecureRandom();

    Fence(Connections connections) {
        this.connections = connections;
    }

    /** What came of an attempt to write. */
    private sealed interface Attempt {
        /** It was written, and taken back. */
        record Wrote(String way) implements Attempt {}

        /** The database's limit refused. */
        record Refused(String way) implements Attempt {}

        /**
         * No way led to an answer that proves anything.
         *
         * @param passing whether it may be over in a moment: no connection, or a server that is just starting
         */
        record Unclear(String why, boolean passing) implements Attempt {}
    }

    /** Opens a session for an attempt. */
    @FunctionalInterface
    private interface Opener {
        Session open() throws SQLException;
    }

    BeforeImage look(Context context) {
        try (Session source = maintenance(context)) {
            int found = limit(source, context.database().name());
            refuseSubscriptions(source, context.database().name());
            Optional<Integer> saved = savedLimit(context);
            if (saved.isPresent() && found == 0) {
                // An earlier attempt fenced already.
                return new PostgresqlFence(saved.get());
            }
            Attempt control = attempt(context, source);
            if (!(control instanceof Attempt.Wrote)) {
                throw FailureType.FENCE_NOT_PROVED.because("Expected that an application can write to "
                        + context.database().name() + " now, so that a refusal later proves something, but found: "
                        + words(control)
                        + "; let pg_hba.conf admit password logins over TCP from 127.0.0.1, and look at the database's"
                        + " connection limit");
            }
            save(context, found);
            return new PostgresqlFence(found);
        }
    }

    Outcome fence(Context context, BeforeImage before) {
        String name = context.database().name();
        try (Session source = maintenance(context)) {
            int found = limit(source, name);
            if (savedLimit(context).isEmpty()) {
                save(context, before instanceof PostgresqlFence fence ? fence.connectionLimit() : found);
            }
            refusePrepared(source, name);
            refuseSubscriptions(source, name);
            if (found != 0) {
                source.executeFormatted("ALTER DATABASE %I CONNECTION LIMIT 0", name);
            }
            int ended = endSessions(source, name);
            Attempt attempt = attempt(context, source);
            if (!(attempt instanceof Attempt.Refused refused)) {
                boolean passing = attempt instanceof Attempt.Unclear unclear && unclear.passing();
                FailureType type = passing ? FailureType.DATABASE_FAILED : FailureType.FENCE_NOT_PROVED;
                throw type.because("Expected the fenced database " + name + " to refuse a write, but found: "
                        + words(attempt) + "; roll back, or look at pg_hba.conf");
            }
            // Whoever was half-way in when the limit was set has arrived by now.
            ended += endSessions(source, name);
            refusePrepared(source, name);
            refuseSubscriptions(source, name);
            return Outcome.of((found == 0 ? name + " was fenced already" : "fenced " + name) + "; " + ended
                    + " sessions ended; a write " + refused.way()
                    + ", possible before, is refused (SQLSTATE " + TOO_MANY_CONNECTIONS + ")");
        }
    }

    Outcome lift(Context context, BeforeImage before) {
        String name = context.database().name();
        try (Session source = maintenance(context)) {
            dropProbe(source, context.names());
            Optional<Integer> wanted = before instanceof PostgresqlFence fence
                    ? Optional.of(fence.connectionLimit())
                    : savedLimit(context);
            Optional<Integer> found =
                    source.find("SELECT datconnlimit FROM pg_database WHERE datname = ?", row -> row.getInt(1), name);
            if (wanted.isPresent() && found.isPresent() && !wanted.get().equals(found.get())) {
                source.executeFormatted("ALTER DATABASE %I CONNECTION LIMIT " + wanted.get(), name);
            }
            context.removeState(Side.SOURCE, context.names().limit());
            return Outcome.of(name + " lets applications in as before");
        }
    }

    /** The limit that the database had before the fence. */
    static int originalLimit(Context context, Session source) {
        return savedLimit(context)
                .orElseGet(() -> limit(source, context.database().name()));
    }

    private static int limit(Session session, String name) {
        return session.find("SELECT datconnlimit FROM pg_database WHERE datname = ?", row -> row.getInt(1), name)
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because("Expected the database " + name
                        + " on the source, but found none; look at its name and port in the spec"));
    }

    private static Optional<Integer> savedLimit(Context context) {
        return context.readState(Side.SOURCE, context.names().limit()).map(text -> Integer.valueOf(text.strip()));
    }

    private static void save(Context context, int limit) {
        context.writeState(Side.SOURCE, context.names().limit(), limit + "\n");
    }

    private static void refusePrepared(Session source, String name) {
        List<String> prepared = source.texts(
                "SELECT format('%s of %s since %s', gid, owner, prepared) FROM pg_prepared_xacts WHERE database = ?",
                name);
        if (!prepared.isEmpty()) {
            throw FailureType.FENCE_NOT_PROVED.because("Expected no prepared transaction in " + name + ", but found "
                    + String.join(", ", prepared)
                    + "; commit or roll them back (COMMIT PREPARED, ROLLBACK PREPARED) and retry");
        }
    }

    /** Subscriptions of a database that are enabled, or whose worker has not noticed yet that they are not. */
    static List<String> subscriptions(Session source, String name) {
        return source.texts("""
                SELECT s.subname FROM pg_subscription s
                 WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = ?)
                   AND (s.subenabled OR EXISTS (
                        SELECT FROM pg_stat_subscription t WHERE t.subid = s.oid AND t.pid IS NOT NULL))
                 ORDER BY 1
                """, name);
    }

    /** A subscription's worker is no session: no limit keeps it out, and between transactions it shows nowhere. */
    private static void refuseSubscriptions(Session source, String name) {
        List<String> found = subscriptions(source, name);
        if (!found.isEmpty()) {
            throw FailureType.FENCE_NOT_PROVED.because("Expected no enabled subscription in " + name + ", but found "
                    + String.join(", ", found) + "; disable it (ALTER SUBSCRIPTION … DISABLE) or drop it, and retry");
        }
    }

    /** Ends every session that could write, until none is left. */
    private static int endSessions(Session source, String name) {
        Instant end = Instant.now().plus(PATIENCE);
        int ended = 0;
        while (true) {
            int sessions = source.texts("SELECT pg_terminate_backend(a.pid)::text " + OTHERS, name)
                    .size();
            if (sessions == 0) {
                return ended;
            }
            ended = Math.max(ended, sessions);
            if (Instant.now().isAfter(end)) {
                List<String> left = source.texts(
                        "SELECT format('%s (%s, %s, from %s)', a.usename, nullif(a.application_name, ''),"
                                + " a.backend_type, coalesce(host(a.client_addr), 'the socket')) " + OTHERS,
                        name);
                throw FailureType.FENCE_NOT_PROVED.because("Expected no session in the fenced " + name
                        + ", but found that these end not or come back: " + String.join(", ", left)
                        + "; a superuser cannot be fenced: stop what connects as one");
            }
            source.text("SELECT pg_sleep(0.02)::text");
        }
    }

    /** Tries to write as an application would. */
    private Attempt attempt(Context context, Session source) {
        Server server = context.source();
        List<String> why = new ArrayList<>();
        boolean passing = false;
        String password = newPassword();
        try {
            makeProbe(context, source, password);
            Attempt attempt = attempt(
                    context.names(),
                    "over TCP as a member of the owner",
                    () -> connections.openAs(
                            server, context.database(), context.names().probe(), password));
            if (!(attempt instanceof Attempt.Unclear unclear)) {
                return attempt;
            }
            why.add(unclear.why());
            passing |= unclear.passing();
        } finally {
            dropProbe(context, source);
        }
        for (String role : systemUsers(context, source)) {
            Attempt attempt = attempt(
                    context.names(),
                    "over the socket as " + role,
                    () -> connections.openAsPeer(server, context.database(), role));
            if (!(attempt instanceof Attempt.Unclear unclear)) {
                return attempt;
            }
            why.add(unclear.why());
            passing |= unclear.passing();
        }
        return new Attempt.Unclear(String.join("; ", why), passing);
    }

    private static Attempt attempt(Names names, String way, Opener opener) {
        try (Session session = opener.open()) {
            write(session, names);
            return new Attempt.Wrote(way);
        } catch (SQLException e) {
            if (TOO_MANY_CONNECTIONS.equals(e.getSQLState()) && DATABASE_LIMIT.equals(routine(e))) {
                return new Attempt.Refused(way);
            }
            return new Attempt.Unclear(way + ": " + e.getMessage(), isPassing(e.getSQLState()));
        }
    }

    /** Connection exceptions and operator intervention (PostgreSQL manual, appendix A). */
    private static boolean isPassing(@Nullable String sqlState) {
        return sqlState != null && (sqlState.startsWith("08") || sqlState.startsWith("57P"));
    }

    /** Writes for real, and takes it back. */
    private static void write(Session session, Names names) throws SQLException {
        String schema = names.probe();
        try {
            session.attempt(
                    "CREATE SCHEMA " + schema,
                    "CREATE TABLE " + schema + ".probe (written boolean)",
                    "INSERT INTO " + schema + ".probe VALUES (true)");
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            // An application's role that owns nothing: a table of its own session is a write too.
            session.attempt(
                    "CREATE TEMPORARY TABLE godwit_probe (written boolean)", "INSERT INTO godwit_probe VALUES (true)");
        }
    }

    private static String routine(SQLException failure) {
        if (failure instanceof PSQLException known) {
            ServerErrorMessage server = known.getServerErrorMessage();
            if (server != null && server.getRoutine() != null) {
                return server.getRoutine();
            }
        }
        return "";
    }

    /** A role that may do what the owner may, for a few minutes. The server sees only a verifier of its password. */
    private static void makeProbe(Context context, Session source, String password) {
        dropProbe(source, context.names());
        String verifier;
        try {
            verifier = PasswordUtil.encodePassword(context.names().probe(), password.toCharArray(), "scram-sha-256");
        } catch (SQLException e) {
            throw new IllegalStateException("pgjdbc knows SCRAM-SHA-256", e);
        }
        String owner = source.text(
                "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = ?",
                context.database().name());
        source.inTransaction(() -> {
            source.execute("SET LOCAL log_statement = 'none'");
            source.execute("SET LOCAL log_min_duration_statement = -1");
            source.executeFormatted(
                    "CREATE ROLE %I WITH LOGIN INHERIT PASSWORD %L VALID UNTIL %L IN ROLE %I",
                    context.names().probe(),
                    verifier,
                    Instant.now().plus(PROBE_LIFE).toString(),
                    owner);
            return owner;
        });
    }

    /** Drops it also when the activity was cancelled, which closes the sessions of its thread under its hands. */
    private void dropProbe(Context context, Session source) {
        if (!Thread.interrupted()) {
            dropProbe(source, context.names());
            return;
        }
        try (Session fresh = maintenance(context)) {
            dropProbe(fresh, context.names());
        } finally {
            Thread.currentThread().interrupt();
        }
    }

    static void dropProbe(Session source, Names names) {
        source.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + names.probe() + "'");
        source.execute("DROP ROLE IF EXISTS " + names.probe());
    }

    /** Roles of the application that are system users too, for peer authentication. */
    private List<String> systemUsers(Context context, Session maintenance) {
        List<String> needed;
        try (Session source = connections.open(context, Side.SOURCE)) {
            needed = Roles.needed(source);
        }
        List<String> applications = maintenance.texts(
                "SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper AND rolname = ANY (?)",
                (Object) needed.toArray(String[]::new));
        return applications.stream()
                .filter(role -> role.matches("[a-z_][a-z0-9_-]{0,31}"))
                .filter(role -> context.source()
                        .run(Script.of("id -- \"$1\" >/dev/null 2>&1", role))
                        .ok())
                .toList();
    }

    private Session maintenance(Context context) {
        return connections.maintenance(context, Side.SOURCE);
    }

    private String newPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String words(Attempt attempt) {
        return switch (attempt) {
            case Attempt.Wrote wrote -> "a write " + wrote.way() + " succeeded";
            case Attempt.Refused refused -> "a write " + refused.way() + " is refused by the connection limit";
            case Attempt.Unclear unclear -> "no attempt could tell (" + unclear.why() + ")";
        };
    }
}
