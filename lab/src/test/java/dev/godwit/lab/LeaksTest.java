package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.problem.Problem;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.SpecReader;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * However a migration ends, nothing of it stays on the servers, and no secret has got out: not to a process list while it
 * ran, not to a log, a file, the engine's history or an answer of the API afterwards.
 */
class LeaksTest extends LabTest {
    /** An undo is tried forty times, at last every fifteen seconds. */
    private static final Duration UNDO_GIVEN_UP = Duration.ofMinutes(15);

    private static final Duration COPY_BEGINS = Duration.ofMinutes(1);
    private static final Duration SOAK = Duration.ofMinutes(15);
    private static final String FAILING_HOOK = """
            hooks:
              - { phase: CUTOVER, before: forward-requests, on: target, run: "exit 7", timeout: 10s }
            """;

    private static final String VERIFIER = "the password's verifier";

    /**
     * What a rollback after the pivot keeps, and nothing else: a person accepted the loss, not the loss of the copies. The
     * database is dropped without force, so that a session which somebody left there is noticed.
     */
    private static final String DROP_COPIES = """
            set -e
            runuser -u postgres -- dropdb shop
            runuser -u postgres -- dropuser shop
            runuser -u postgres -- dropuser shop_report
            rm -r /srv/shop/uploads
            """;

    /** Of the target's facts, those that no copy changes: units, certificates, the site, crontabs, access. */
    private static final Set<String> BESIDE_COPIES =
            Set.of("unit", "letsencrypt", "nginx", "crontab", "ssh", "nft", "temporary", "leftover");

    private final SoftAssertions softly = new SoftAssertions();
    private final List<String> ids = new ArrayList<>();

    @TempDir
    @SuppressWarnings("NullAway.Init") // made before each test
    private Path folder;

    @Test
    void shouldLeaveNothingBehindAndLeakNoSecretWhenItMoves() throws Exception {
        try (LabSession session = open(Rows.SMALL);
                ProcessWatch processes = new ProcessWatch()) {
            Ground before = Ground.record(session);
            SecretSearch secrets = secrets(session);
            move(session, before);
            search(session, secrets, processes);
        }
        softly.assertAll();
    }

    @Test
    @Tag("long") // 15 to 20 minutes, ten of them until the undo that fails is given up
    void shouldLeaveNothingBehindAndLeakNoSecretHoweverItGoesBack() throws Exception {
        try (LabSession session = open(Rows.SMALL);
                ProcessWatch processes = new ProcessWatch()) {
            String password = loginsByPassword(session);
            Ground before = Ground.record(session);
            SecretSearch secrets = secrets(session).secret("the login's password", password);
            blocked(session, before);
            backFromACopy(session, before);
            backFromTheGate(session, before);
            backFromAFailure(session, before);
            backFromAnotherWorld(session, before);
            backWithTheBudget(session, before);
            cancelledInTheEngine(session, before);
            backWithoutAnUndo(session, before);
            backFromTheSoak(session, before);
            search(session, secrets, processes);
        }
        softly.assertAll();
    }

    // ---- ways of ending ----

    private void move(LabSession session, Ground before) throws Exception {
        Operator operator = start(session, spec(session));
        operator.approve();
        operator.awaitSoak();
        operator.finish();
        ends(End.FINISHED, operator.ended());
        left("after a move", before, Ground.record(session), MoveAudit.KEPT);
    }

    private void blocked(LabSession session, Ground before) throws Exception {
        GodwitApi api = session.api();
        String nowhere = spec(session).replace("/srv/shop/uploads", "/srv/shop/elsewhere");
        MigrationView started = api.start(
                SpecReader.tree(nowhere, SpecReader.Format.YAML),
                null,
                UUID.randomUUID().toString(),
                "blocked");
        ids.add(started.id());
        ends(
                End.ROLLED_BACK,
                api.follow(started.id(), Duration.ofMinutes(2), view -> {}, view -> view.outcome() != null));
        unchanged("after a preflight that blocks", before, Ground.record(session));
    }

    private void backFromACopy(LabSession session, Ground before) throws Exception {
        Operator operator = start(session, spec(session));
        softly.assertThat(Await.until(COPY_BEGINS, Duration.ofMillis(20), () -> unitsOf(session, FIRST_COPY) == 1))
                .as("whether the copy runs")
                .isTrue();
        ends(End.ROLLED_BACK, operator.rollBack(false));
        unchanged("after a person took it back while it copied", before, Ground.record(session));
    }

    private void backFromTheGate(LabSession session, Ground before) throws Exception {
        Operator operator = start(session, spec(session));
        operator.awaitGate();
        ends(End.ROLLED_BACK, operator.rollBack(false));
        unchanged("after a person took it back at the gate", before, Ground.record(session));
    }

    /**
     * The step fails that is the last before the pivot: everything has to be undone. Godwit logs in at both databases by
     * password here.
     */
    private void backFromAFailure(LabSession session, Ground before) throws Exception {
        String login = "{ user: mover, password: secret:mover }";
        Operator operator = start(
                session,
                spec(session).replace("copy: dump }", "copy: dump, source: " + login + ", target: " + login + " }")
                        + FAILING_HOOK);
        operator.approve();
        MigrationView failed = operator.awaitDecision();
        operator.decide(Objects.requireNonNull(failed.waiting()).step(), "roll-back");
        ends(End.ROLLED_BACK, operator.ended());
        unchanged("after a failure before the pivot", before, Ground.record(session));
    }

    private void backFromAnotherWorld(LabSession session, Ground before) throws Exception {
        JsonNode spec = SpecReader.tree(spec(session), SpecReader.Format.YAML);
        Problem changed = catchThrowableOfType(
                        ApiException.class,
                        () -> session.api()
                                .start(spec, "0".repeat(64), UUID.randomUUID().toString(), "another plan"))
                .problem();
        String address = String.valueOf(changed.migration());
        String id = address.substring(address.lastIndexOf('/') + 1);
        ids.add(id);
        ends(
                End.ROLLED_BACK,
                session.api().follow(id, Duration.ofMinutes(2), view -> {}, view -> view.outcome() != null));
        unchanged("after a world that has changed", before, Ground.record(session));
    }

    private void backWithTheBudget(LabSession session, Ground before) throws Exception {
        Operator operator =
                start(session, DemoSpec.yaml(session.environment(), SOAK, Duration.ofSeconds(5)) + FAILING_HOOK);
        operator.approve();
        operator.awaitDecision();
        ends(End.ROLLED_BACK, operator.awaitEnd());
        unchanged("after a failure that nobody decided about", before, Ground.record(session));
    }

    /** What an undo that is skipped would have needed stays, in a folder of its own on either server; nothing else. */
    private void backWithoutAnUndo(LabSession session, Ground before) throws Exception {
        Operator operator = start(session, spec(session) + """
                hooks:
                  - { phase: PREPARE, on: target, run: "true", undo: "exit 7", timeout: 10s }
                """);
        operator.awaitGate();
        session.api().rollBack(operator.id(), false, "a test goes back");
        MigrationView asks = session.api()
                .follow(operator.id(), UNDO_GIVEN_UP, view -> {}, view -> view.undoing() && view.waiting() != null);
        operator.decide(Objects.requireNonNull(asks.waiting()).step(), "skip");
        ends(End.ROLLED_BACK, operator.ended());
        for (String host : List.of("old", "new")) {
            session.lab()
                    .shell(
                            host,
                            "rm -rf /var/lib/godwit/" + operator.id()
                                    + " && { rmdir /var/lib/godwit 2>/dev/null || true; }");
        }
        unchanged("after an undo that was skipped, but for its folder", before, Ground.record(session));
    }

    /** Somebody uses Temporal's own tools: a cancellation is a rollback. */
    private void cancelledInTheEngine(LabSession session, Ground before) throws Exception {
        Operator operator = start(session, spec(session));
        operator.awaitGate();
        WorkflowServiceStubs engine = WorkflowServiceStubs.newServiceStubs(WorkflowServiceStubsOptions.newBuilder()
                .setTarget("127.0.0.1:" + session.godwit().enginePort())
                .build());
        try {
            WorkflowClient.newInstance(
                            engine,
                            WorkflowClientOptions.newBuilder()
                                    .setNamespace("godwit")
                                    .build())
                    .newUntypedWorkflowStub(
                            MigrationWorkflow.workflowId(session.environment().service()))
                    .cancel();
        } finally {
            engine.shutdownNow();
        }
        ends(End.ROLLED_BACK, operator.ended());
        unchanged("after a cancellation in the engine", before, Ground.record(session));
    }

    private void backFromTheSoak(LabSession session, Ground before) throws Exception {
        Operator operator = start(session, spec(session));
        operator.approve();
        operator.awaitSoak();
        ends(End.ROLLED_BACK, operator.rollBack(true));
        String when = "after a rollback with an accepted loss";
        softly.assertThat(before.target()
                        .only(BESIDE_COPIES)
                        .differences(session.lab().snapshot("new", "--static").only(BESIDE_COPIES)))
                .as("new, beside the copies, " + when)
                .isEmpty();
        session.lab().shell("new", DROP_COPIES);
        unchanged(when + ", but for the copies", before, Ground.record(session));
    }

    private Operator start(LabSession session, String yaml) throws Exception {
        Operator operator = Operator.start(session.api(), yaml);
        ids.add(operator.id());
        return operator;
    }

    /** A superuser on either server; its password is a secret of Godwit's. */
    private static String loginsByPassword(LabSession session) throws IOException {
        String password = UUID.randomUUID().toString();
        for (String host : List.of("old", "new")) {
            session.lab().sql(host, "postgres", "CREATE ROLE mover SUPERUSER LOGIN PASSWORD '" + password + "'");
        }
        GodwitProcess.storeSecret(session.godwit().data(), "mover", password);
        return password;
    }

    private static String spec(LabSession session) {
        return DemoSpec.yaml(session.environment(), SOAK, Budget.DEFAULT.decision());
    }

    private void ends(End expected, MigrationView end) {
        softly.assertThat(end.outcome()).as("%s", end.endReason()).isEqualTo(expected);
    }

    // ---- what stays on the servers ----

    private void unchanged(String when, Ground before, Ground after) {
        softly.assertThat(before.source().differences(after.source()))
                .as("old, " + when)
                .isEmpty();
        softly.assertThat(before.target().differences(after.target()))
                .as("new, " + when)
                .isEmpty();
        softly.assertThat(before.dns().differences(after.dns()))
                .as("the zone, " + when)
                .isEmpty();
        left(when, before, after, Set.of());
    }

    private void left(String when, Ground before, Ground after, Set<String> kept) {
        Check check = Leftovers.check(before, after, kept);
        softly.assertThat(check.passed()).as("%s: %s", when, check.figures()).isTrue();
    }

    // ---- where secrets do not belong ----

    private static SecretSearch secrets(LabSession session) throws IOException {
        LabEnvironment environment = session.environment();
        LabHost lab = session.lab();
        return new SecretSearch()
                .pem("the ssh key", Files.readString(environment.sshKey()))
                .secret("the zone's key", Files.readString(environment.tsigSecretFile()))
                .pem("the certificate's key", lab.shell("old", "cat " + environment.certificate() + "/privkey.pem"))
                .secret(
                        "the database's password",
                        lab.shell("old", "sed -n 's/^DATABASE_PASSWORD=//p' /etc/shop/shop.env"))
                .secret(
                        VERIFIER,
                        lab.sql("old", "postgres", "SELECT rolpassword FROM pg_authid WHERE rolname = 'shop'"))
                .secret("the API's token", Files.readString(session.godwit().tokenFile()));
    }

    private void search(LabSession session, SecretSearch secrets, ProcessWatch processes) throws Exception {
        processes.writeTo(folder.resolve("processes"));
        assertThat(processes.size()).as("processes seen").isGreaterThan(100);
        keepAnswers(session);
        softly.assertThat(secrets.in(
                        session.godwit().data(),
                        (name, path) -> path.startsWith("secrets") || path.startsWith("tokens")))
                .as("in Godwit's data: its console, its log, the engine's state")
                .isEmpty();
        for (String host : List.of("old", "new")) {
            Path written = session.environment()
                    .labHome()
                    .resolve("hosts")
                    .resolve(host)
                    .resolve("upper");
            softly.assertThat(secrets.in(written, LeaksTest::livesThere))
                    .as("in files of " + host)
                    .isEmpty();
            softly.assertThat(secrets.in(written, (name, path) -> false))
                    .as("where secrets live on " + host + ": the search sees its files")
                    .isNotEmpty();
            Files.writeString(
                    folder.resolve("journal of " + host),
                    session.lab().shell(host, "journalctl --quiet --no-pager --output=cat"));
        }
        softly.assertThat(secrets.in(folder, (name, path) -> false))
                .as("in process lists, answers of the API and journals")
                .isEmpty();
    }

    private static boolean livesThere(String secret, Path path) {
        return path.startsWith("etc/letsencrypt/archive")
                || path.startsWith("etc/shop")
                || (path.startsWith("var/lib/postgresql") && secret.equals(VERIFIER));
    }

    private void keepAnswers(LabSession session) throws Exception {
        GodwitApi api = session.api();
        List<String> calls = new ArrayList<>(List.of("/migrations?limit=100", "/health"));
        for (String id : ids) {
            for (String part : List.of("", "/events", "/history", "/history?format=temporal", "/evidence")) {
                calls.add("/migrations/" + id + part);
            }
        }
        for (String call : calls) {
            var answer = api.call("GET", call, null, "");
            softly.assertThat(answer.statusCode()).as(call).isEqualTo(200);
            Files.writeString(folder.resolve("GET" + call.replace('/', ' ')), answer.body());
        }
        Files.writeString(
                folder.resolve("POST plans"),
                api.call("POST", "/plans", "application/yaml", spec(session)).body());
    }
}
