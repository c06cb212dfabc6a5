package dev.godwit.activities.database.postgresql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.activities.database.postgresql.Local.LocalServer;
import dev.godwit.workflows.database.CopyMethod;
import dev.godwit.workflows.database.DatabaseLogin;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.server.SshLogin;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final String BUSY =
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT count(*) FROM pg_class a%'";

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = Cluster.start();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldEndTheQueryOnTheServerToo() {
        HostSpec host = new HostSpec(
                "old.example.org", "127.0.0.1", new SshLogin("root", new SecretRef("ops"), "SHA256:none", 22));
        PostgresqlDatabase database = new PostgresqlDatabase(
                "postgres", CopyMethod.DUMP, cluster.port(), new DatabaseLogin("dba", new SecretRef("dba")), null);
        cluster.sql("postgres", "CREATE ROLE dba SUPERUSER LOGIN PASSWORD '" + Lab.PASSWORD + "'");
        Connections connections = new Connections(reference -> Lab.PASSWORD);
        try (Session session = connections.open(
                new LocalServer(host, cluster.port(), cluster.port()), database, Side.SOURCE, "postgres")) {
            // What computes does not look whether anybody still listens.
            CompletableFuture<Long> query = CompletableFuture.supplyAsync(
                    () -> session.number("SELECT count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d"));
            cluster.await("postgres", BUSY, "1"::equals);
            session.abort();
            assertThatThrownBy(query::join).isInstanceOf(CompletionException.class);
            cluster.await("postgres", BUSY, "0"::equals);
        }
    }
}
