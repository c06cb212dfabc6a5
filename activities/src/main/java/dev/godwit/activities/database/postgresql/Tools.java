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
import java.util.ArrayList;
import java.util.List;

/**
 * How PostgreSQL's own programs on a server reach its PostgreSQL.
 *
 * @param login which way: {@code peer}, or else by a password
 * @param host the socket's folder, or the loopback address
 * @param folder where the programs of the server's version are
 * @param passwords the content of a password file (PostgreSQL manual, chapter 34.16), empty for none
 */
record Tools(String login, String host, int port, String user, String folder, String passwords) {
    private static final String FIND = Resource.text(Tools.class, "find-tools.sh");

    static Tools find(Server server, PostgresqlDatabase database, Side side, int major, Secrets secrets) {
        String folder = folder(server, side, major);
        DatabaseLogin login = database.login(side);
        if (login == null) {
            String socket = Connections.findSocket(server, database.port());
            return new Tools(
                    "peer", socket.substring(0, socket.lastIndexOf('/')), database.port(), "postgres", folder, "");
        }
        String line = "127.0.0.1:" + database.port() + ":*:" + escape(login.user()) + ":"
                + escape(secrets.get(login.password())) + "\n";
        return new Tools("password", "127.0.0.1", database.port(), login.user(), folder, line);
    }

    /** Where the programs of a side are, of the server's version. */
    static String folder(Server server, Side side, int major) {
        List<String> programs =
                side == Side.SOURCE ? List.of("psql", "pg_dump") : List.of("psql", "pg_restore", "vacuumdb");
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(major)));
        arguments.addAll(programs);
        Reply reply = server.run(new Script(FIND, arguments, null));
        if (!reply.ok()) {
            throw FailureType.TOOL_MISSING.because("Expected " + String.join(", ", programs) + " of PostgreSQL " + major
                    + " on " + server.spec().host() + ", but found not all of them; install postgresql-client-"
                    + major);
        }
        return reply.out().strip();
    }

    private static String escape(String field) {
        return field.replace("\\", "\\\\").replace(":", "\\:");
    }
}
