package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.database.DatabaseLogin;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.server.Side;
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

    /**
     * {@code $1} the port. Prints the socket's path. The kernel knows every listening socket, wherever the server's
     * configuration puts it; the usual folders are for servers whose sockets it does not show.
     */
    private static final String FIND_SOCKET = """
            PATH=$PATH:/usr/sbin:/sbin
            command -v perl >/dev/null && command -v runuser >/dev/null || exit 4
            id postgres >/dev/null 2>&1 || exit 5
            while read -r _ _ _ flags _ _ _ path; do
                case $flags$path in
                    00010000/*/.s.PGSQL."$1") if [ -S "$path" ]; then printf '%s\\n' "$path"; exit 0; fi ;;
                esac
            done </proc/net/unix
            for folder in /run/postgresql /var/run/postgresql /tmp; do
                if [ -S "$folder/.s.PGSQL.$1" ]; then printf '%s\\n' "$folder/.s.PGSQL.$1"; exit 0; fi
            done
            exit 3
            """;

    /**
     * {@code $1} the system user, {@code $2} the socket's path. Perl, because every Debian has it and no other tool that
     * joins standard input and output to a socket.
     */
    private static final String BRIDGE = """
            PATH=$PATH:/usr/sbin:/sbin
            cd /
            # shellcheck disable=SC2016
            exec runuser -u "$1" -- perl -e '
                use strict;
                use Socket;
                socket(my $server, PF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
                connect($server, sockaddr_un($ARGV[0])) or die "connect: $!";
                sub pump {
                    my ($from, $to) = @_;
                    while (my $read = sysread($from, my $bytes, 65536)) {
                        for (my $at = 0; $at < $read;) {
                            my $written = syswrite($to, $bytes, $read - $at, $at);
                            return unless defined $written;
                            $at += $written;
                        }
                    }
                }
                my $child = fork;
                die "fork: $!" unless defined $child;
                if ($child == 0) {
                    pump(*STDIN, $server);
                    shutdown($server, 1);
                    exit 0;
                }
                close(STDIN);
                pump($server, *STDOUT);
                kill("TERM", $child);
                waitpid($child, 0);
            ' "$2"
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
                () -> server.converse(Script.of(BRIDGE, user, socket)),
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
