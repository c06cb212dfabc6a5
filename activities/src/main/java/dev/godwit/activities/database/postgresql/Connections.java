package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.database.DatabaseLogin;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.FailureType;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Sessions with PostgreSQL through ssh. Without a login in the spec they go to the server's socket as the system user
 * {@code postgres} (peer authentication, PostgreSQL manual chapter 21.9); with one to TCP on the server's own loopback.
 */
final class Connections {
    /** The database that every cluster has. */
    static final String MAINTENANCE = "postgres";

    /** How sessions of Godwit's begin their name, so that it knows them again. */
    private static final String APPLICATION = "godwit";

    /** The name of those that try to write. */
    private static final String PROBE = APPLICATION + " probe";

    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    /** The version that knows client_connection_check_interval. */
    private static final int CLIENT_CHECK = 14;

    /** The version that knows transaction_timeout. */
    private static final int TRANSACTION_TIMEOUT = 17;

    private static final int NO_SOCKET = 3;
    private static final int NO_TOOL = 4;
    private static final int NO_USER = 5;

    private static final String FIND_SOCKET = Resource.text(Connections.class, "find-socket.sh");

    private static final String BRIDGE = Resource.text(Connections.class, "bridge.pl");

    /** {@code $1} the system user, {@code $2} the socket's path, {@code $3} the program. */
    private static final String RUN_BRIDGE = """
            PATH=$PATH:/usr/sbin:/sbin
            cd /
            exec runuser -u "$1" -- perl -e "$3" "$2"
            """;

    private final Secrets secrets;

    Connections(Secrets secrets) {
        this.secrets = secrets;
    }

    /** A superuser's session with the database. */
    Session open(Context context, Side side) {
        return open(
                context.server(side),
                context.database(),
                side,
                context.database().name());
    }

    /** A superuser's session beside the database, for what cannot be done from within it. */
    Session maintenance(Context context, Side side) {
        return open(context.server(side), context.database(), side, MAINTENANCE);
    }

    /** A superuser's session with a database of a server. */
    Session open(Server server, PostgresqlDatabase database, Side side, String name) {
        DatabaseLogin login = database.login(side);
        try {
            return login == null
                    ? overSocket(server, database, "postgres", name, APPLICATION)
                    : overTcp(server, database, login.user(), secrets.get(login.password()), name, APPLICATION);
        } catch (SQLException e) {
            throw Session.failure(e, where(server, database, name));
        }
    }

    /** A session over TCP on the server's loopback as any role. Throws what the server answers, unchanged. */
    Session openAs(Server server, PostgresqlDatabase database, String user, String password) throws SQLException {
        return overTcp(server, database, user, password, database.name(), PROBE);
    }

    /** A session over the socket as a system user of the role's name. Throws what the server answers, unchanged. */
    Session openAsPeer(Server server, PostgresqlDatabase database, String user) throws SQLException {
        return overSocket(server, database, user, database.name(), PROBE);
    }

    /** The path of the server's socket. */
    static String findSocket(Server server, int port) {
        Reply reply = server.run(Script.of(FIND_SOCKET, Integer.toString(port)));
        String host = server.spec().host();
        return switch (reply.exitCode()) {
            case 0 -> reply.out().strip();
            case NO_SOCKET ->
                throw FailureType.DATABASE_FAILED.because("Expected the socket of PostgreSQL's port " + port + " on "
                        + host + ", but found none; look at the port in the spec and whether PostgreSQL runs");
            case NO_TOOL ->
                throw FailureType.TOOL_MISSING.because("Expected perl and runuser on " + host
                        + ", but found not both; install perl-base and util-linux, or name a login in the spec");
            case NO_USER ->
                throw FailureType.TOOL_MISSING.because("Expected the system user postgres on " + host
                        + ", but found none; install PostgreSQL, or name a login in the spec");
            default ->
                throw FailureType.COMMAND_FAILED.because("Expected to look for PostgreSQL's socket on " + host
                        + ", but found: " + reply.err().strip() + "; try again");
        };
    }

    private static Session overTcp(
            Server server, PostgresqlDatabase database, String user, String password, String name, String application)
            throws SQLException {
        return session(
                () -> server.connect(database.port()),
                "prefer",
                user,
                password,
                name,
                application,
                where(server, database, name));
    }

    private static Session overSocket(
            Server server, PostgresqlDatabase database, String user, String name, String application)
            throws SQLException {
        String socket = findSocket(server, database.port());
        return session(
                () -> server.converse(Script.of(RUN_BRIDGE, user, socket, BRIDGE)),
                "disable",
                user,
                null,
                name,
                application,
                where(server, database, name));
    }

    private static Session session(
            TunnelSocketFactory.Opener opener,
            String ssl,
            String user,
            @Nullable String password,
            String database,
            String application,
            String where)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", application);
        properties.setProperty("socketFactory", TunnelSocketFactory.class.getName());
        properties.setProperty("sslmode", ssl);
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
        properties.setProperty("socketTimeout", Long.toString(ANSWER.toSeconds()));
        // Settings that a role or a database may have would break what Godwit asks.
        properties.setProperty(
                "options",
                "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"
                        + " -c default_transaction_read_only=off");
        properties.setProperty("prepareThreshold", "0");
        TunnelSocketFactory.Way way = TunnelSocketFactory.register(opener);
        properties.setProperty("socketFactoryArg", way.name());
        boolean open = false;
        try {
            Connection connection = DriverManager.getConnection(
                    "jdbc:postgresql://localhost/" + URLEncoder.encode(database, StandardCharsets.UTF_8), properties);
            Session session = new Session(connection, where, way);
            if (session.major() >= CLIENT_CHECK) {
                // Whose session is cut off, by a worker's death too, has no query left on the server.
                session.execute("SET client_connection_check_interval = '2s'");
            }
            if (session.major() >= TRANSACTION_TIMEOUT) {
                session.execute("SET transaction_timeout = 0");
            }
            open = true;
            return session;
        } finally {
            if (!open) {
                way.close();
            }
        }
    }

    private static String where(Server server, PostgresqlDatabase database, String name) {
        return "PostgreSQL " + name + " on " + server.spec().host() + " port " + database.port();
    }
}
