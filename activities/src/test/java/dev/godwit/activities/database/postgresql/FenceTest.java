package dev.godwit.activities.database.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.database.DatabaseLogin;
import dev.godwit.workflows.database.PostgresqlFence;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.step.BeforeImage;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FenceTest {
    private static final String NAME = "My \"shop\"";
    private static final String QUOTED = "\"My \"\"shop\"\"\"";
    private static final String TCP = "host all all 127.0.0.1/32 scram-sha-256";
    private static final String PEER = "local all all peer";

    private static Cluster source;

    private Lab lab;

    @BeforeAll
    static void start() {
        source = Cluster.start();
    }

    @AfterAll
    static void stop() {
        if (source != null) {
            source.close();
        }
    }

    @BeforeEach
    void makeDatabase() throws IOException {
        source.admit(PEER, TCP);
        source.sql("postgres", "CREATE ROLE app LOGIN PASSWORD 'app'");
        source.sql("postgres", "CREATE DATABASE " + QUOTED + " OWNER app CONNECTION LIMIT 20");
        source.sql("postgres", "CREATE DATABASE other OWNER app");
        source.sql(NAME, "CREATE TABLE orders (n int); ALTER TABLE orders OWNER TO app");
        lab = new Lab(source, source, NAME, Lab.NONE);
    }

    @AfterEach
    void dropDatabase() {
        source.clean();
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void shouldFenceProveAndLift() throws IOException {
        BeforeImage before = lab.lookAtFence();
        assertThat(before).isEqualTo(new PostgresqlFence(20));
        source.session("app", "app", NAME, "BEGIN; INSERT INTO orders VALUES (1);");

        assertThat(lab.fence(before).summary()).contains("fenced My \"shop\"", "1 sessions ended", "over TCP", "53300");
        assertThat(source.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'"))
                .as("the session that was open before")
                .isEqualTo("0");
        assertThat(write(NAME)).contains("too many connections");
        assertThat(write("other")).contains("written");

        assertThat(lab.fence(before).summary()).contains("fenced already", "53300");
        assertThat(limit()).isEqualTo("0");

        lab.lift(before);
        assertThat(limit()).isEqualTo("20");
        assertThat(write(NAME)).contains("written");
        lab.lift(before);
        assertThat(limit()).isEqualTo("20");
        assertNothingLeft();
        // What the ended session had not committed is gone, and the attempts to write left nothing.
        assertThat(source.sql(
                        NAME,
                        "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM pg_namespace"
                                + " WHERE nspname LIKE 'godwit%')"))
                .isEqualTo("0|0");
    }

    @Test
    void shouldRememberWhatItFoundWhenItLooksAgainAtAFencedDatabase() {
        lab.fence(lab.lookAtFence());

        assertThat(lab.lookAtFence()).isEqualTo(new PostgresqlFence(20));
    }

    @Test
    void shouldLiftWhatNeverHappened() {
        lab.lift(BeforeImage.NOTHING);

        assertThat(limit()).isEqualTo("20");
    }

    @Test
    void shouldRefuseToLookWhereNoAttemptCanProveAnything() throws IOException {
        source.admit(PEER);

        assertNotProved(() -> lab.lookAtFence());
        assertThat(limit()).isEqualTo("20");
        assertNothingLeft();
    }

    @Test
    void shouldNotTakeAnyOtherRefusalForAProof() throws IOException {
        BeforeImage before = lab.lookAtFence();
        source.admit(PEER, "host all all 127.0.0.1/32 reject");

        assertNotProved(() -> lab.fence(before));
        assertNothingLeft();
    }

    @Test
    void shouldNotTakeTheLimitOfARoleForAProof() throws IOException {
        // Also 53300, but it would not keep the other roles out.
        source.admit(PEER);
        source.sql("postgres", "CREATE ROLE nobody LOGIN CONNECTION LIMIT 0; GRANT app TO nobody");
        assertNotProved(() -> lab.fence(new PostgresqlFence(20)));
    }

    @Test
    void shouldProveOverTheSocketWhereTcpIsClosed() throws IOException {
        // The application's role is a system user too; nobody is one everywhere.
        source.admit(PEER);
        source.sql("postgres", "CREATE ROLE nobody LOGIN; GRANT app TO nobody");
        BeforeImage before = lab.lookAtFence();
        assertThat(lab.fence(before).summary()).contains("over the socket as nobody", "53300");
        lab.lift(before);
    }

    @Test
    void shouldRefuseWhilePreparedTransactionsWait() {
        BeforeImage before = lab.lookAtFence();
        source.sql(NAME, "BEGIN; INSERT INTO orders VALUES (2); PREPARE TRANSACTION 'left behind'");
        assertNotProved(() -> lab.fence(before));
        source.sql(NAME, "ROLLBACK PREPARED 'left behind'");
        assertThat(lab.fence(before).summary()).contains("53300");
    }

    @Test
    void shouldRefuseWhileASubscriptionIsEnabled() {
        BeforeImage before = lab.lookAtFence();
        source.sql(NAME, "CREATE SUBSCRIPTION news CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)");
        source.sql(NAME, "ALTER SUBSCRIPTION news ENABLE");
        assertNotProved(() -> lab.lookAtFence());
        assertNotProved(() -> lab.fence(before));
        assertThat(limit()).as("nothing was fenced").isEqualTo("20");
        source.sql(NAME, Databases.NO_SUBSCRIPTION);
        assertThat(lab.fence(before).summary()).contains("53300");
    }

    @Test
    void shouldLeaveNoProbeWhenALookIsCancelled() throws Exception {
        source.sql("postgres", "CREATE ROLE dba SUPERUSER LOGIN PASSWORD '" + Lab.PASSWORD + "'");
        source.session("dba", Lab.PASSWORD, NAME, "BEGIN; LOCK TABLE pg_namespace IN EXCLUSIVE MODE;");
        try (Lab login = new Lab(source, source, NAME, Lab.NONE, new DatabaseLogin("dba", new SecretRef("database")))) {
            // A virtual thread, as the worker's are: to interrupt it closes the socket that it waits for.
            Thread look = Thread.ofVirtual().unstarted(login::lookAtFence);
            look.setUncaughtExceptionHandler((thread, failure) -> {});
            look.start();
            try {
                source.await(
                        "postgres",
                        "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'godwit_probe%' AND wait_event_type = 'Lock'",
                        "1"::equals);
            } finally {
                look.interrupt();
                assertThat(look.join(Duration.ofSeconds(30))).isTrue();
            }
            assertNothingLeft();
        }
    }

    @Test
    void shouldEndSessionsOfSuperusersToo() throws IOException {
        source.sql("postgres", "CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'boss'");
        BeforeImage before = lab.lookAtFence();
        source.session("boss", "boss", NAME, "SELECT 1;");
        assertThat(lab.fence(before).summary()).contains("1 sessions ended");
        assertThat(source.sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'boss'"))
                .isEqualTo("0");
    }

    private String write(String database) throws IOException {
        return source.answer("app", "app", database, "CREATE TABLE probe (n int); DROP TABLE probe; SELECT 'written';");
    }

    private static String limit() {
        return source.sql("postgres", "SELECT datconnlimit FROM pg_database WHERE datname LIKE 'My%'");
    }

    private static void assertNothingLeft() {
        assertThat(source.sql("postgres", "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'godwit%'"))
                .isEqualTo("0");
    }

    private static void assertNotProved(ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.getType()).isEqualTo("FENCE_NOT_PROVED"));
    }
}
