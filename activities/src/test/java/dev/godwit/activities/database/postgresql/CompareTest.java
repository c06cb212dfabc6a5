package dev.godwit.activities.database.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.DatabaseLogin;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Finding.Severity;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Pass;
import io.temporal.failure.ApplicationFailure;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompareTest {
    private static final String NAME = "hard";

    private static Cluster source;
    private static Cluster target;

    private Lab lab;

    @BeforeAll
    static void start() {
        source = Cluster.start();
        target = Cluster.start("max_connections = 50", "shared_buffers = '16MB'");
        source.sql("postgres", Databases.ROLES);
        source.sql("postgres", "CREATE DATABASE template_hard OWNER \"Shop owner\"");
        source.sql("template_hard", Databases.HARD);
        source.keepWhatIsThere();
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
        source.sql("postgres", "CREATE DATABASE hard TEMPLATE template_hard");
        lab = new Lab(source, target, NAME, Lab.NONE);
    }

    @AfterEach
    void dropDatabase() {
        source.clean();
        target.clean();
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            UPDATE plain SET t = 'text X' WHERE n = 5;                                       public.plain has 3000 rows
            UPDATE types SET f8 = 0 WHERE n = 102;                                           public.types
            UPDATE "line\\nbreak" SET n = 2 WHERE n = 1;                                      break
            DELETE FROM plain WHERE n = 5;                                                   on the target
            INSERT INTO parent VALUES (2, 'b');                                              public.parent has 1 rows
            UPDATE cache SET value = NULL;                                                   public.cache
            SELECT nextval('unused');                                                        sequence public.unused
            DROP INDEX "Odd schema".fuzzy;                                                                index fuzzy
            ALTER TABLE types ALTER COLUMN c TYPE char(6);                                   column public.types.c
            ALTER TABLE egg DISABLE TRIGGER noted;                                           trigger noted
            CREATE TABLE added (n int);                                                      public.added
            SELECT lo_put(oid, 40, 'x') FROM pg_largeobject_metadata;                        large objects
            SELECT lo_unlink(min(oid)) FROM pg_largeobject_metadata;                         large objects
            SELECT lo_put(max(oid), 5000, '\\x00') FROM pg_largeobject_metadata;              large objects
            """)
    void shouldFindOneDifference(String change, String expected) {
        // The final copy has counted every table already; the first one none.
        for (Pass pass : List.of(Pass.FIRST, Pass.FINAL)) {
            assertThat(lab.copy(pass).summary().contains("counted on the way")).isEqualTo(pass == Pass.FINAL);
            assertThat(lab.verify().summary()).contains("same on both sides");

            target.sql(NAME, "SET search_path = public; " + change.replace("\\n", "\n"));

            assertThatThrownBy(() -> lab.verify())
                    .as("after the copy %s", pass)
                    .isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
                        assertThat(failure.getType()).isEqualTo("VERIFICATION_FAILED");
                        assertThat(failure.isNonRetryable()).isTrue();
                    })
                    .hasMessageContaining(expected);
        }
    }

    @Test
    void shouldFindWhatWasWrittenToTheSourceAfterItWasCounted() {
        lab.copy(Pass.FINAL);
        source.sql(NAME, "UPDATE public.plain SET t = 'text X' WHERE n = 5");

        assertThatThrownBy(() -> lab.verify()).hasMessageContaining("public.plain has 3000 rows");
    }

    @Test
    void shouldFindWhatATransactionWroteThatWasOpenWhenTheSourceWasCounted() throws Exception {
        // One row less and one more: their number tells nothing, and their transaction began before the count.
        Process session = source.session(
                "Shop owner",
                "owner",
                NAME,
                "BEGIN; DELETE FROM public.plain WHERE n = 5; INSERT INTO public.plain VALUES (-5, 'late');");
        try (BufferedWriter statements = session.outputWriter()) {
            source.sql("postgres", "SELECT txid_current()"); // younger, and over before
            lab.copy(Pass.FINAL);
            statements.write("COMMIT;");
        }
        assertThat(session.waitFor()).isZero();

        assertThatThrownBy(() -> lab.verify()).hasMessageContaining("public.plain has 3000 rows");
    }

    @Test
    void shouldBelieveTheCountOfTheCopyUntilSomethingIsWritten() throws Exception {
        lab.copy(Pass.FINAL);
        Path counted = Path.of(StateFolder.of(lab.migration.id()), lab.names.counted());
        Files.writeString(counted, Files.readString(counted).replaceFirst("(?<=\"rows\":3000,\"checksum\":)-?", "9"));
        assertThatThrownBy(() -> lab.verify()).hasMessageContaining("public.plain has 3000 rows");

        source.sql(NAME, "UPDATE public.plain SET t = t WHERE n = 5");
        assertThat(lab.verify().summary()).contains("same on both sides");
    }

    @Test
    void shouldFindADuplicateInPlaceOfAnotherDuplicate() {
        // A bitwise exclusive or of the rows would be the same on both sides.
        source.sql(NAME, "CREATE TABLE public.twins (n int); INSERT INTO public.twins VALUES (1), (1), (3)");
        lab.copy(Pass.FIRST);
        target.sql(NAME, "UPDATE public.twins SET n = 2 WHERE n = 1");

        assertThatThrownBy(() -> lab.verify()).hasMessageContaining("public.twins has 3 rows");
    }

    @Test
    void shouldSayThatAMaterializedViewIsYounger() {
        lab.copy(Pass.FIRST);

        assertThat(lab.verify().summary()).contains("same on both sides", "younger", "public.totals");
    }

    @Test
    void shouldCountWhatOnlyTheTargetHas() {
        lab.copy(Pass.FIRST);
        assertThat(lab.loss().rows()).isZero();

        target.sql(NAME, "INSERT INTO public.plain VALUES (-1), (-2); UPDATE public.cache SET value = 'new'");

        assertThat(lab.loss().rows()).isEqualTo(3);
        assertThat(lab.loss().summary()).contains("public.plain: 2 more rows", "public.cache: rows changed");
    }

    @Test
    void shouldSetSequencesOnce() {
        lab.copy(Pass.FIRST);
        source.sql(
                NAME,
                "SELECT nextval('\"Odd schema\".\"Un owned\"'); SELECT nextval('unused');"
                        + " INSERT INTO types (f8) VALUES (1)");
        target.sql(NAME, "INSERT INTO types (n, f8) SELECT n, f8 FROM (SELECT max(n) + 1, 1 FROM types) AS t (n, f8)");

        assertThat(lab.setSequences().summary()).contains("set 3 of");
        assertThat(target.sql(NAME, "SELECT nextval('unused'), nextval('types_n_seq')"))
                .isEqualTo("43|105");
        target.sql(NAME, "SELECT setval('unused', 42), setval('types_n_seq', 104)");
        assertThat(lab.setSequences().summary()).contains("set 0 of");
    }

    @Test
    void shouldFollowASourceWhoseSequencesJumpedWhenItCrashed() {
        lab.copy(Pass.FIRST);
        lab.setSequences();
        source.sql(NAME, "SELECT setval('unused', 74)");
        assertThat(lab.verify().summary()).contains("sequences");
        assertThat(target.sql(NAME, "SELECT last_value FROM unused")).isEqualTo("74");
    }

    @Test
    void shouldRefuseASequenceThatIsAhead() {
        lab.copy(Pass.FIRST);
        target.sql(NAME, "SELECT nextval('unused'), nextval('unused')");

        assertVerificationFailed(
                () -> lab.setSequences(), "public.unused is at 43 on the target, ahead of 42 (not used yet)");
    }

    @Test
    void shouldRefuseASequenceWhoseNextValueIsTaken() {
        lab.copy(Pass.FIRST);
        target.sql(NAME, "INSERT INTO types (n) VALUES (5000)");

        assertVerificationFailed(() -> lab.setSequences(), "public.types_n_seq");
    }

    @Test
    void shouldOnlyMentionASequenceThatIsBehindOnTheSourceToo() {
        source.sql(NAME, "INSERT INTO types (n) VALUES (5000)");
        lab.copy(Pass.FIRST);

        assertThat(lab.setSequences().summary()).contains("behind their column on the source too: public.types_n_seq");
    }

    @Test
    void shouldInspectWithoutChangingAnything() {
        String before = source.sql("postgres", "SELECT count(*), max(oid) FROM pg_database");

        Inspection<DatabaseFacts> inspection = lab.inspect();

        assertThat(codes(inspection, Severity.BLOCKER)).isEmpty();
        assertThat(codes(inspection, Severity.WARNING)).contains("database-connections");
        assertThat(codes(inspection, Severity.NOTE))
                .contains(
                        "database-size",
                        "database-key",
                        "database-unlogged",
                        "database-row-security",
                        "database-materialized-view",
                        "database-large-objects");
        assertThat(inspection.facts()).satisfies(facts -> {
            assertThat(facts.name()).isEqualTo(NAME);
            assertThat(facts.version()).matches("\\d+(\\.\\d+)?");
            assertThat(facts.bytes()).isGreaterThan(1 << 20);
            assertThat(facts.tables()).isGreaterThan(15);
        });
        assertThat(Objects.requireNonNull(lab.inspect().facts())).isEqualTo(inspection.facts());
        assertThat(source.sql("postgres", "SELECT count(*), max(oid) FROM pg_database"))
                .isEqualTo(before);
    }

    @Test
    void shouldGiveAnotherFingerprintAfterAnyChangeOfTheSchema() {
        String before = Objects.requireNonNull(lab.inspect().facts()).fingerprint();
        source.sql(NAME, "ALTER TABLE types ALTER COLUMN f8 SET DEFAULT 7");

        assertThat(Objects.requireNonNull(lab.inspect().facts()).fingerprint()).isNotEqualTo(before);
    }

    @Test
    void shouldBlockWhatCannotWork() {
        target.sql("postgres", "CREATE DATABASE hard");
        source.sql("postgres", "CREATE ROLE limited LOGIN PASSWORD '" + Lab.PASSWORD + "'");
        try (Lab unknown = new Lab(source, target, "nowhere", Lab.NONE);
                Lab limited = new Lab(
                        source, target, NAME, Lab.NONE, new DatabaseLogin("limited", new SecretRef("database")));
                Lab wrong = new Lab(
                        source, target, NAME, Lab.NONE, new DatabaseLogin("postgres", new SecretRef("wrong")))) {
            assertThat(codes(lab.inspect(), Severity.BLOCKER)).containsExactly("database-exists");
            assertThat(codes(unknown.inspect(), Severity.BLOCKER)).containsExactly("database-missing");
            assertThat(codes(limited.inspect(), Severity.BLOCKER)).contains("database-superuser");
            assertThat(codes(wrong.inspect(), Severity.BLOCKER)).containsExactly("database-login");
        }
    }

    @Test
    void shouldBlockWhileASubscriptionIsEnabled() {
        source.sql(NAME, "CREATE SUBSCRIPTION news CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)");
        assertThat(codes(lab.inspect(), Severity.BLOCKER)).isEmpty();
        assertThat(codes(lab.inspect(), Severity.WARNING)).contains("database-outside");
        source.sql(NAME, "ALTER SUBSCRIPTION news ENABLE");
        assertThat(codes(lab.inspect(), Severity.BLOCKER)).containsExactly("database-subscription");
    }

    @Test
    void shouldBlockAnApplicationThatIsASuperuser() throws Exception {
        source.sql("postgres", "CREATE ROLE boss SUPERUSER LOGIN PASSWORD 'boss'");
        source.session("boss", "boss", NAME, "SELECT 1;");
        assertThat(codes(lab.inspect(), Severity.BLOCKER)).containsExactly("database-superuser-session");
    }

    private static List<String> codes(Inspection<DatabaseFacts> inspection, Severity severity) {
        return inspection.findings().stream()
                .filter(finding -> finding.severity() == severity)
                .map(Finding::code)
                .toList();
    }

    private static void assertVerificationFailed(ThrowingCallable work, String expected) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.getType()).isEqualTo("VERIFICATION_FAILED"))
                .hasMessageContaining(expected);
    }
}
