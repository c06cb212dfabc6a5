package dev.godwit.activities.database.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.database.DatabaseLogin;
import dev.godwit.workflows.database.TargetDatabase;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.step.Pass;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyTest {
    /** A name with everything that a name should not have. */
    private static final String NAME = "Shop \"ü\" 'n' $1 a=b";

    private static final String QUOTED = "\"" + NAME.replace("\"", "\"\"") + "\"";

    private static Cluster source;
    private static Cluster target;

    private Lab lab;

    @BeforeAll
    static void start() {
        source = Cluster.start();
        target = Cluster.start();
    }

    @AfterAll
    static void stop() {
        if (target != null) {
            target.close();
        }
        if (source != null) {
            source.close();
        }
    }

    @BeforeEach
    void makeDatabase() {
        source.sql("postgres", Databases.ROLES);
        source.sql("postgres", "CREATE DATABASE " + QUOTED + " OWNER \"Shop owner\"");
        source.sql(NAME, Databases.HARD);
        lab = new Lab(source, target, NAME, Lab.NONE);
    }

    @AfterEach
    void dropDatabase() {
        lab.close();
        for (Cluster cluster : List.of(source, target)) {
            cluster.sql("postgres", "DROP DATABASE IF EXISTS " + QUOTED + " WITH (FORCE)");
            cluster.sql("postgres", "DROP DATABASE IF EXISTS " + lab.names.unfinished() + " WITH (FORCE)");
            cluster.sql("postgres", Databases.NO_ROLES);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Lab.EVERY, Lab.NONE})
    void shouldCopyEverythingAndChangeNothingTheSecondTime(long largeTable) {
        try (Lab sized = new Lab(source, target, NAME, largeTable)) {
            assertThat(sized.lookAtCopy()).isInstanceOfSatisfying(TargetDatabase.class, image -> {
                assertThat(image.existed()).isFalse();
                assertThat(image.roles()).containsExactly("postgres");
            });
            assertThat(sized.copy(Pass.FIRST).summary()).startsWith("copied");
            assertThat(sized.verify().summary()).contains("same on both sides");
            String identifier = identifier();

            assertThat(sized.copy(Pass.FIRST).summary()).contains("complete already");
            assertThat(identifier()).isEqualTo(identifier);
            assertThat(sized.jobs.started).containsEntry(sized.names.job(Pass.FIRST), 1);
            assertThat(sized.progress)
                    .anyMatch(progress -> progress.what().contains("indexes"))
                    .anyMatch(progress -> progress.what().contains("plain") == (largeTable == Lab.EVERY));
        }
    }

    @Test
    void shouldCopyWhatADumpOfOneDatabaseLeavesOut() {
        lab.copy(Pass.FIRST);

        String properties = "SELECT pg_get_userbyid(datdba), datconnlimit, datcollate, datacl,"
                + " shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()";
        assertThat(target.sql(NAME, properties))
                .isEqualTo(source.sql(NAME, properties))
                .contains("shop_readers=c");
        String settings = "SELECT setrole::regrole, setdatabase <> 0, unnest(setconfig)"
                + " FROM pg_db_role_setting ORDER BY 1, 2, 3";
        assertThat(target.sql(NAME, settings))
                .isEqualTo(source.sql(NAME, settings))
                .contains("search_path");
        String roles = "SELECT r.rolname, a.rolpassword, a.rolcanlogin, a.rolconnlimit,"
                + " ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid ORDER BY 1)"
                + " FROM pg_roles r JOIN pg_authid a ON a.oid = r.oid WHERE r.rolname LIKE '%hop%' ORDER BY 1";
        assertThat(target.sql(NAME, roles)).isEqualTo(source.sql(NAME, roles)).contains("SCRAM-SHA-256");
    }

    @Test
    void shouldKeepVerifiersOutOfTheLog() throws IOException {
        lab.copy(Pass.FIRST);

        assertThat(Files.readString(target.log())).contains("RENAME TO").doesNotContain("SCRAM-SHA-256$");
    }

    @Test
    void shouldReplaceTheFirstCopyByTheFinalOne() {
        lab.copy(Pass.FIRST);
        source.sql(NAME, "INSERT INTO plain VALUES (-1, 'late')");
        target.sql(NAME, "CREATE TABLE rehearsal (n int)");

        lab.copy(Pass.FINAL);

        assertThat(lab.verify().summary()).contains("same on both sides");
        assertThat(lab.copy(Pass.FINAL).summary()).contains("complete already");

        lab.jobs.removed.clear();
        lab.drop();
        assertThat(identifier()).isEmpty();
        assertThat(lab.jobs.removed)
                .as("the first copy's undo ends the jobs of both")
                .contains(lab.names.job(Pass.FIRST), lab.names.job(Pass.FINAL));
    }

    @Test
    void shouldLeaveSubscriptionsBehind() {
        // One that came along, even a disabled one, would keep its database from being dropped.
        source.sql(
                NAME,
                "CREATE SUBSCRIPTION news CONNECTION 'dbname=nowhere' PUBLICATION p"
                        + " WITH (connect = false, slot_name = NONE)");
        try {
            lab.copy(Pass.FIRST);
            assertThat(target.sql(NAME, "SELECT count(*) FROM pg_subscription")).isEqualTo("0");
            lab.copy(Pass.FINAL);
            lab.drop();
            assertThat(identifier()).isEmpty();
        } finally {
            source.sql(NAME, "DROP SUBSCRIPTION news");
        }
    }

    @Test
    void shouldRestoreTheLimitThatTheFenceFound() {
        source.sql("postgres", "ALTER DATABASE " + QUOTED + " CONNECTION LIMIT 7");
        lab.fence(lab.lookAtFence());
        lab.copy(Pass.FINAL);

        assertThat(target.sql("postgres", "SELECT datconnlimit FROM pg_database WHERE datname LIKE 'Shop%'"))
                .isEqualTo("7");
    }

    @Test
    void shouldRefuseADatabaseThatItDidNotMake() {
        target.sql("postgres", "CREATE DATABASE " + QUOTED);
        target.sql(NAME, "CREATE TABLE precious (n int)");

        assertThatThrownBy(() -> lab.lookAtCopy()).hasMessageContaining("did not make");
        assertThatThrownBy(() -> lab.copy(Pass.FIRST))
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.getType()).isEqualTo("SPEC_MISMATCH"));
        lab.drop();
        assertThat(target.sql(NAME, "SELECT count(*) FROM precious")).isEqualTo("0");
    }

    @Test
    void shouldRefuseADatabaseThatSomebodyPutInPlaceOfTheCopy() {
        lab.copy(Pass.FIRST);
        target.sql("postgres", "DROP DATABASE " + QUOTED);
        target.sql("postgres", "CREATE DATABASE " + QUOTED);

        assertThatThrownBy(() -> lab.copy(Pass.FINAL)).hasMessageContaining("did not make");
        lab.drop();
        assertThat(identifier()).isNotEmpty();
    }

    @Test
    void shouldDropTheCopyAndTheRolesThatItMade() {
        target.sql("postgres", "CREATE ROLE shop_readers");
        lab.copy(Pass.FIRST);

        lab.drop();
        assertThat(identifier()).isEmpty();
        assertThat(target.sql("postgres", "SELECT rolname FROM pg_roles WHERE rolname LIKE '%hop%'"))
                .isEqualTo("shop_readers");
        assertThat(lab.drop().summary()).contains("gone");

        lab.copy(Pass.FIRST);
        assertThat(lab.verify().summary()).contains("same on both sides");
    }

    @Test
    void shouldKeepARoleThatSomethingElseNeeds() {
        lab.copy(Pass.FIRST);
        target.sql("postgres", "CREATE TABLE kept (n int); ALTER TABLE kept OWNER TO shop_app");
        try {
            assertThat(lab.drop().summary()).contains("shop_app");
            assertThat(target.sql("postgres", "SELECT count(*) FROM pg_roles WHERE rolname = 'shop_app'"))
                    .isEqualTo("1");
        } finally {
            target.sql("postgres", "DROP TABLE kept");
        }
    }

    /** Whatever Godwit believes: its data folder may be an older one than the servers'. */
    @Test
    void shouldTouchNoCopyOnceVisitorsAreSentThere() throws IOException {
        lab.copy(Pass.FIRST);
        String copy = identifier();
        Path note = Path.of(StateFolder.forwarded(lab.migration.id()));
        Files.createDirectories(note.getParent());
        Files.createFile(note);

        assertThatThrownBy(() -> lab.copy(Pass.FINAL)).hasMessageContaining("what they wrote is nowhere else");
        assertThatThrownBy(() -> lab.drop()).hasMessageContaining("what they wrote is nowhere else");
        assertThat(identifier()).isEqualTo(copy);
    }

    /** A copy that was cut off with its target holds locks on the source. */
    @Test
    void shouldLetGoOfTheSourceWhenTheTargetIsGone() throws IOException {
        Process held = sessionOfACopy();
        lab.jobs.gone = true;

        assertThatThrownBy(() -> lab.drop()).hasMessageContaining("no server");
        assertThat(held.onExit()).succeedsWithin(Duration.ofSeconds(5));
    }

    /** An attempt that was thought dead does not spoil the record of the one that took its place. */
    @Test
    void shouldKeepTheRecordOfAnotherAttemptThatWasSooner() throws IOException {
        lab.copy(Pass.FIRST);
        Path record = Path.of(StateFolder.of(lab.migration.id()), lab.names.record());
        String written = Files.readString(record);
        target.sql("postgres", "ALTER DATABASE " + QUOTED + " RENAME TO sooner");
        lab.jobs.afterwards = () -> target.sql("postgres", "ALTER DATABASE sooner RENAME TO " + QUOTED);

        assertThatThrownBy(() -> lab.copy(Pass.FIRST)).hasMessageContaining("already exists");
        assertThat(record).hasContent(written);
        assertThat(lab.copy(Pass.FIRST).summary()).contains("complete already");
    }

    @Test
    void shouldTolerateAnUndoOfACopyThatNeverHappened() {
        assertThat(lab.drop().summary()).contains("gone");
    }

    @Test
    void shouldFailWhenATableIsCutShortAndSucceedOnARetry() {
        try (Lab sized = new Lab(source, target, NAME, Lab.EVERY)) {
            // As text a table that stops early is no error to its reader: the source's own failure must be one.
            sized.serve("""
                read -r line
                case $line in
                    table*text) printf '%s\\n' "$line" | sh "$program" | head -n 1; exit 1 ;;
                    *) { printf '%s\\n' "$line"; cat; } | sh "$program" ;;
                esac
                """);
            assertThatThrownBy(() -> sized.copy(Pass.FIRST))
                    .isInstanceOfSatisfying(
                            ApplicationFailure.class,
                            failure -> assertThat(failure.getType()).isEqualTo("COMMAND_FAILED"))
                    .hasMessageContaining("its dump did not reach its end");
            assertThat(identifier()).isEmpty();

            sized.serve("exec sh \"$program\"");
            sized.copy(Pass.FIRST);
            assertThat(sized.verify().summary()).contains("same on both sides");
            assertThat(source.sql(
                            "postgres",
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'godwit copy%'"))
                    .isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Lab.EVERY, Lab.NONE})
    void shouldFailWhenTheTargetRefusesARowAndNotSayWhatIsInIt(long largeTable) {
        source.sql(
                NAME,
                "CREATE TABLE refused (t text, CHECK (current_setting('port') = '" + source.port() + "'));"
                        + " INSERT INTO refused VALUES (E'a secret\\nof two lines'), ('b'), ('c')");
        try (Lab sized = new Lab(source, target, NAME, largeTable)) {
            assertThatThrownBy(() -> sized.copy(Pass.FIRST))
                    .isInstanceOfSatisfying(
                            ApplicationFailure.class,
                            failure -> assertThat(failure.getType()).isEqualTo("COMMAND_FAILED"))
                    .hasMessageContaining("violates check constraint")
                    .hasMessageNotContainingAny("secret", "two lines");
            assertThat(identifier()).isEmpty();
            sized.drop();
        }
    }

    @Test
    void shouldNotSayWhichValueAnIndexRefuses() {
        // The function's answer differs on the target: there every row has the same key.
        source.sql(NAME, """
                CREATE TABLE twice (t text);
                INSERT INTO twice VALUES ('a secret'), ('another secret');
                CREATE FUNCTION key(t text) RETURNS text IMMUTABLE LANGUAGE sql
                    AS $$ SELECT CASE WHEN current_setting('port') = '%d' THEN t ELSE 'one secret' END $$;
                CREATE UNIQUE INDEX ON twice (key(t));
                """.formatted(source.port()));
        assertThatThrownBy(() -> lab.copy(Pass.FIRST))
                .hasMessageContaining("could not create unique index")
                .hasMessageContaining("CREATE UNIQUE INDEX")
                .hasMessageNotContainingAny("a secret", "one secret");
        assertThat(identifier()).isEmpty();
    }

    @Test
    void shouldAnswerNothingButRequestsOfACopy() {
        // A copy that fails leaves what the next attempt replaces.
        lab.serve("exit 1");
        assertThatThrownBy(() -> lab.copy(Pass.FIRST)).hasMessageContaining("COMMAND_FAILED");
        for (String request :
                List.of("drop", "table x 1 text", "table 00-1 1;SELECT binary", "schema '", "rest 00-1\nx", "")) {
            assertThatThrownBy(() ->
                            Local.feed(request + "\n", "sh", folder(lab) + "/link/programs/" + lab.names.program()))
                    .hasMessageContaining("exitCode=64");
        }
    }

    @Test
    void shouldClearWhatAKilledAttemptLeft() throws IOException {
        target.sql("postgres", "CREATE DATABASE " + lab.names.unfinished());
        target.sql(lab.names.unfinished(), "CREATE TABLE leftover (n int)");
        Process held = sessionOfACopy();

        lab.copy(Pass.FIRST);

        assertThat(lab.verify().summary()).contains("same on both sides");
        assertThat(held.onExit()).succeedsWithin(Duration.ofSeconds(5));
    }

    /** As one that holds the snapshot on the source. */
    private Process sessionOfACopy() throws IOException {
        return new ProcessBuilder(
                        "runuser",
                        "-u",
                        "postgres",
                        "--",
                        "env",
                        "PGAPPNAME=" + lab.names.sessions(),
                        "psql",
                        "-h",
                        source.folder().toString(),
                        "-p",
                        Integer.toString(source.port()),
                        "-c",
                        "SELECT pg_sleep(600)")
                .start();
    }

    @Test
    void shouldCopyAgainWhenWhatTheJobMadeWasDropped() {
        lab.jobs.run(
                new Local.LocalServer(lab.migration.target(), 0, 0),
                new JobKey(lab.migration.id(), lab.names.job(Pass.FIRST)),
                new Job("true", List.of(), Map.of(), Duration.ofMinutes(1)),
                line -> {});

        lab.copy(Pass.FIRST);

        assertThat(lab.verify().summary()).contains("same on both sides");
    }

    @Test
    void shouldCopyWithAPassword() {
        source.sql("postgres", "CREATE ROLE dba SUPERUSER LOGIN PASSWORD '" + Lab.PASSWORD + "'");
        try (Lab login =
                new Lab(source, target, NAME, Lab.EVERY, new DatabaseLogin("dba", new SecretRef("database")))) {
            for (Pass pass : List.of(Pass.FIRST, Pass.FINAL)) {
                login.copy(pass);
                assertThat(login.verify().summary()).contains("same on both sides");
                assertThat(Path.of(folder(login), login.names.password()))
                        .as("a superuser's password outlives no copy")
                        .doesNotExist();
                assertThat(Path.of(folder(login), "link/programs", login.names.program()))
                        .doesNotExist();
            }
        } finally {
            source.sql("postgres", "DROP ROLE dba");
        }
    }

    @Test
    void shouldSayThatALoginIsRefused() {
        try (Lab login =
                new Lab(source, target, NAME, Lab.EVERY, new DatabaseLogin("postgres", new SecretRef("wrong")))) {
            assertThatThrownBy(() -> login.copy(Pass.FIRST))
                    .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                        assertThat(failure.getType()).isEqualTo("LOGIN_REFUSED");
                        assertThat(failure.isNonRetryable()).isTrue();
                        assertThat(failure.getMessage()).contains("28P01").doesNotContain("not this one");
                    });
        }
    }

    @Test
    void shouldSayThatADatabaseIsUnknown() {
        try (Lab other = new Lab(source, target, "nowhere", Lab.EVERY)) {
            assertThatThrownBy(() -> other.copy(Pass.FIRST))
                    .isInstanceOfSatisfying(
                            ApplicationFailure.class,
                            failure -> assertThat(failure.getType()).isEqualTo("SPEC_MISMATCH"));
        }
    }

    private static String folder(Lab lab) {
        return StateFolder.of(lab.migration.id());
    }

    private static String identifier() {
        return target.sql("postgres", "SELECT oid FROM pg_database WHERE datname LIKE 'Shop%'");
    }
}
