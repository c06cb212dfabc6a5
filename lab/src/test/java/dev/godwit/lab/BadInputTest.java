package dev.godwit.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.api.problem.Problem;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.SpecProblem;
import dev.godwit.workflows.spec.SpecReader;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Serving;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * What is wrong with a call, a spec or a server is said in full and plainly, by the API, and nothing is touched. All of
 * it shares one lab: at the end both servers and the zone must be what they were at the beginning.
 */
class BadInputTest extends LabTest {
    private static final Duration SOAK = Duration.ofMinutes(5);
    private static final Duration REFUSED = Duration.ofMinutes(2);
    private static final String JSON = "application/json";
    private static final String YAML = "application/yaml";

    /** An address of the lab's network that nobody has. */
    private static final String NOBODY = "10.66.0.77";

    private static final String OTHER_KEY = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

    /** On the target: a disk of 4 MB where the uploads go, and no rsync. On both: a broken nginx configuration. */
    private static final String BREAK_TARGET = """
            mkdir -p /srv/shop/uploads
            mount -t tmpfs -o size=4m,mode=755 lab-small /srv/shop/uploads
            mv /usr/bin/rsync /usr/bin/rsync.away
            echo 'listen nonsense;' >/etc/nginx/conf.d/broken.conf
            """;

    private static final String HEAL_TARGET = """
            umount /srv/shop/uploads
            rmdir /srv/shop/uploads
            mv /usr/bin/rsync.away /usr/bin/rsync
            rm /etc/nginx/conf.d/broken.conf
            """;

    private static final String BREAK_SOURCE = """
            mv /usr/lib/postgresql/15/bin/pg_dump /usr/lib/postgresql/15/bin/pg_dump.away
            echo 'listen nonsense;' >/etc/nginx/conf.d/broken.conf
            """;

    private static final String HEAL_SOURCE = """
            mv /usr/lib/postgresql/15/bin/pg_dump.away /usr/lib/postgresql/15/bin/pg_dump
            rm /etc/nginx/conf.d/broken.conf
            """;

    private static final int PLANS = 10;

    private final SoftAssertions softly = new SoftAssertions();

    @Test
    void shouldSayWhatIsWrongAndTouchNothing() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            Ground before = Ground.record(session);
            String spec = DemoSpec.yaml(session.environment(), SOAK, Budget.DEFAULT.decision());
            requests(session, spec);
            specs(session.api(), spec);
            nobodyLogsIn(session, spec);
            brokenServers(session, spec);
            databasePassword(session, spec);
            workerWithoutSecrets(session, spec);
            callsThatDoNotFit(session.api(), spec);
            unchanged(before, Ground.record(session));
        }
        softly.assertAll();
    }

    // ---- calls ----

    private void requests(LabSession session, String spec) throws Exception {
        GodwitApi api = session.api();
        GodwitApi stranger = new GodwitApi(session.godwit().url(), "");
        GodwitApi wrong = new GodwitApi(session.godwit().url(), "not-a-token");
        for (String path : List.of("/plans", "/migrations")) {
            refused(401, "unauthenticated", stranger.call("POST", path, YAML, spec));
            refused(401, "unauthenticated", wrong.call("POST", path, YAML, spec));
            refused(400, "malformed-request", api.call("POST", path, JSON, "{\"service\": "));
            refused(400, "malformed-request", api.call("POST", path, YAML, "service: [unclosed"));
            refused(413, "body-too-large", api.call("POST", path, YAML, "#".repeat(600 << 10)));
            refused(415, "unsupported-media-type", api.call("POST", path, "text/plain", spec));
        }
        refused(404, "unknown-migration", api.call("GET", "/migrations/nobody-20260101-000000-abcd", null, ""));
        refused(
                404,
                "unknown-migration",
                api.call("POST", "/migrations/nobody-20260101-000000-abcd/approval", JSON, """
                        {"plan": "%s", "reason": "none"}""".formatted(
                                "0".repeat(64))));
    }

    private void specs(GodwitApi api, String spec) throws Exception {
        String invalid = spec.replace("service: shop.example.org", "service: -rf")
                .replace("soak: ", "sook: 5m\nsoak: soon #")
                .replace("gates: { cutover: approval }", "gates: { cutover: perhaps }")
                .replace("path: /srv/shop/uploads", "path: ../uploads")
                .replace("key: secret:ops, ", "")
                .replace("units: [shop.service]", "units: [\"shop.service; reboot\"]");
        for (String path : List.of("/plans", "/migrations")) {
            Problem problem = refused(422, "invalid-body", api.call("POST", path, YAML, invalid));
            List<SpecProblem> problems = problem.problems() == null ? List.of() : problem.problems();
            softly.assertThat(problems)
                    .as("everything that is wrong with the spec")
                    .extracting(SpecProblem::path)
                    .contains(
                            "/service",
                            "/sook",
                            "/soak",
                            "/gates/cutover",
                            "/files/0/path",
                            "/source/ssh",
                            "/target/ssh",
                            "/units/0");
            softly.assertThat(problems).allSatisfy(each -> says(each.message()));
        }
    }

    private void callsThatDoNotFit(GodwitApi api, String spec) throws Exception {
        JsonNode document = SpecReader.tree(spec, SpecReader.Format.YAML);
        MigrationView started = api.start(document, null, UUID.randomUUID().toString(), "to be in the way");
        String at = "/migrations/" + started.id();
        Problem second = refused(409, "service-already-moving", api.call("POST", "/migrations", YAML, spec));
        softly.assertThat(String.valueOf(second.migration())).endsWith(at);
        String plan = "0".repeat(64);
        refused(409, "call-does-not-fit", api.call("POST", at + "/approval", JSON, """
                {"plan": "%s", "reason": "too early"}""".formatted(plan)));
        refused(409, "call-does-not-fit", api.call("POST", at + "/finish", JSON, "{\"reason\": \"too early\"}"));
        refused(409, "call-does-not-fit", api.call("POST", at + "/resume", JSON, "{\"reason\": \"not paused\"}"));
        refused(409, "call-does-not-fit", api.call("POST", at + "/decision", JSON, """
                {"step": "link-hosts", "choice": "skip", "reason": "nobody asked"}"""));
        refused(409, "not-ended", api.call("GET", at + "/evidence", null, ""));
        HttpResponse<String> back = api.call("POST", at + "/rollback", JSON, "{\"reason\": \"enough\"}");
        softly.assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
        MigrationView end = api.follow(started.id(), REFUSED, view -> {}, view -> view.outcome() != null);
        softly.assertThat(end.outcome()).isEqualTo(End.ROLLED_BACK);
        refused(409, "call-does-not-fit", api.call("POST", at + "/pause", JSON, "{\"reason\": \"too late\"}"));
    }

    /** The problem of a refused call, which says what was expected, what was found and what to do. */
    private Problem refused(int status, String type, HttpResponse<String> answer) {
        String call = answer.request().method() + " " + answer.request().uri().getPath() + ": " + answer.body();
        softly.assertThat(answer.statusCode()).as(call).isEqualTo(status);
        softly.assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .as(call)
                .startsWith(Problem.MEDIA_TYPE);
        Problem problem = GodwitJson.read(answer.body(), Problem.class);
        softly.assertThat(problem.type().toString()).as(call).isEqualTo("urn:godwit:problem:" + type);
        softly.assertThat(problem.status()).as(call).isEqualTo(status);
        says(problem.detail());
        return problem;
    }

    private void says(String words) {
        softly.assertThat(words).contains("xpected ").containsAnyOf("found", "but ");
    }

    // ---- servers ----

    private void nobodyLogsIn(LabSession session, String spec) throws Exception {
        LabEnvironment lab = session.environment();
        String other = spec.replace(lab.source().hostKey(), OTHER_KEY)
                .replace("address: " + lab.target().address(), "address: " + NOBODY);
        blocked(session.api(), other, List.of(at("host-key-changed", "source"), at("host-unreachable", "target")));
    }

    private void brokenServers(LabSession session, String spec) throws Exception {
        LabEnvironment lab = session.environment();
        GodwitProcess.storeSecret(
                session.godwit().data(),
                "other-zone-key",
                String.join(
                        ":",
                        lab.tsigAlgorithm(),
                        lab.tsigName(),
                        Base64.getEncoder().encodeToString(new byte[32])));
        String refusedUpdate = spec.replace("key: secret:" + DemoSpec.ZONE_KEY, "key: secret:other-zone-key");
        session.lab().shell("new", BREAK_TARGET);
        session.lab().shell("old", BREAK_SOURCE);
        blocked(
                session.api(),
                refusedUpdate,
                List.of(
                        at("disk-full", "target"),
                        at("disk-space", "target"),
                        at("tool-missing", "target"),
                        at("database-tool", "/databases/0"),
                        at("nginx-config-invalid", "source"),
                        at("nginx-config-invalid", "target"),
                        at("dns-update", "/dns/records/0")));
        session.lab().shell("old", HEAL_SOURCE);
        session.lab().shell("new", HEAL_TARGET);
    }

    /** A spec may name a superuser's login by password, on either side; without one there is no password to be wrong. */
    private void databasePassword(LabSession session, String spec) throws Exception {
        GodwitProcess.storeSecret(session.godwit().data(), "wrong", "not-the-password");
        String database = "name: " + session.environment().databaseName() + ", engine: postgresql, copy: dump";
        for (Side side : Side.values()) {
            String login = ", " + side.word() + ": { user: postgres, password: secret:wrong }";
            blocked(
                    session.api(),
                    spec.replace(database, database + login),
                    List.of(at("database-login", "/databases/0")));
        }
        blocked(
                session.api(),
                spec.replace(database, database + ", source: { user: postgres, password: secret:nowhere }"),
                List.of(at("secret-unavailable", "/databases/0")));
    }

    /** Beside a worker that has every secret, one that has none spoils no plan. */
    private void workerWithoutSecrets(LabSession session, String spec) throws Exception {
        Path folder = Files.createDirectory(session.godwit().data().resolve("worker-without-secrets"));
        try (GodwitProcess worker = session.godwit().withWorker(folder)) {
            for (int plan = 0; plan < PLANS; plan++) {
                blockers(session.api().plan(spec).findings(), List.of());
            }
            softly.assertThat(Files.readString(worker.console()))
                    .contains("This worker cannot do every step")
                    .as("it was asked")
                    .contains("Another worker is asked: Expected the secret");
        }
    }

    /** The plan names every blocker, and a migration that is started all the same ends before it has touched anything. */
    private void blocked(GodwitApi api, String spec, List<Blocker> expected) throws Exception {
        PlanView plan = api.plan(spec);
        softly.assertThat(plan.startable()).isFalse();
        blockers(plan.findings(), expected);
        MigrationView started = api.start(
                SpecReader.tree(spec, SpecReader.Format.YAML),
                null,
                UUID.randomUUID().toString(),
                "all the same");
        MigrationView end = api.follow(started.id(), REFUSED, view -> {}, view -> view.outcome() != null);
        softly.assertThat(end.outcome()).isEqualTo(End.ROLLED_BACK);
        softly.assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        softly.assertThat(end.endReason()).contains("the preflight found what keeps it from starting");
        softly.assertThat(end.steps())
                .allSatisfy(step -> softly.assertThat(step.startedAt())
                        .as("%s was begun", step.id())
                        .isNull());
        blockers(end.findings(), expected);
    }

    private void blockers(List<Finding> findings, List<Blocker> expected) {
        List<Finding> blockers = findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.BLOCKER)
                .toList();
        terminal.text(String.join(
                "\n",
                blockers.stream()
                        .map(each -> each.code() + " " + each.where() + ": " + each.message() + " -> " + each.hint())
                        .toList()));
        softly.assertThat(blockers)
                .extracting(finding -> at(finding.code(), finding.where()))
                .containsExactlyInAnyOrderElementsOf(expected);
        softly.assertThat(blockers).allSatisfy(finding -> {
            softly.assertThat(finding.message()).contains("Expected ").contains("but found");
            softly.assertThat(finding.hint()).as(finding.code()).isNotBlank();
        });
    }

    private void unchanged(Ground before, Ground after) {
        softly.assertThat(before.source().size()).isPositive();
        softly.assertThat(before.source().differences(after.source()))
                .as("what has changed on old")
                .isEmpty();
        softly.assertThat(before.target().differences(after.target()))
                .as("what has changed on new")
                .isEmpty();
        softly.assertThat(before.dns().differences(after.dns()))
                .as("what has changed in the zone")
                .isEmpty();
    }

    private static Blocker at(String code, String where) {
        return new Blocker(code, where);
    }

    private record Blocker(String code, String where) {}
}
