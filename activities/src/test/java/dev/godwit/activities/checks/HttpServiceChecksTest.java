package dev.godwit.activities.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.http.TestSite;
import dev.godwit.workflows.checks.CheckStep.CheckService;
import dev.godwit.workflows.checks.CheckStep.CompareAnswers;
import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.checks.InspectChecks;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpServiceChecksTest {
    private final AddressedClient client = AddressedClient.verifying(null, Duration.ofSeconds(5));
    private final ActivityStubs stubs = new ActivityStubs();
    private final MigrationContext migration =
            new MigrationContext("m", "shop.invalid", host("old", "127.0.0.1"), host("new", "127.0.0.2"));
    private ServiceChecks checks;
    private TestSite source;
    private TestSite target;

    @BeforeEach
    void start() throws IOException {
        source = new TestSite("127.0.0.1", 0, null, TestSite.answer(200, "all is ok\n"));
        target = new TestSite("127.0.0.2", source.port(), null, TestSite.answer(200, "all is ok\n"));
        checks = stubs.stub(ServiceChecks.class, new HttpServiceChecks(client));
    }

    @AfterEach
    void stop() throws IOException {
        stubs.close();
        client.close();
        for (TestSite site : Arrays.asList(source, target)) {
            if (site != null) {
                site.close();
            }
        }
    }

    private static HostSpec host(String name, String address) {
        return new HostSpec(name, address, new SshLogin("root", new SecretRef("key"), "SHA256:x", 22));
    }

    private HttpCheck check(int status, @Nullable String contains) {
        return new HttpCheck(URI.create("http://shop.invalid:" + source.port() + "/health"), status, contains);
    }

    private Outcome check(Side side, HttpCheck... list) {
        return checks.checkService(new Act<>(
                migration,
                "check",
                new CheckService(side, List.of(migration.host(side).address()), List.of(list)),
                BeforeImage.NOTHING));
    }

    private Outcome compare() {
        return checks.compareAnswers(new Act<>(
                migration,
                "compare",
                new CompareAnswers(List.of("127.0.0.2"), List.of(check(200, null))),
                BeforeImage.NOTHING));
    }

    private @Nullable String watch() {
        return checks.watchService(new Watched(migration, List.of(check(200, "ok"))))
                .problem();
    }

    private static void assertFails(String words, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOf(ActivityFailure.class).cause().satisfies(cause -> {
            assertThat(((ApplicationFailure) cause).getType()).isEqualTo(FailureType.CHECK_FAILED.name());
            assertThat(((ApplicationFailure) cause).getOriginalMessage()).contains(words);
        });
    }

    private Inspection<Void> inspect(HttpCheck... list) {
        return checks.inspectChecks(new InspectChecks("shop.invalid", migration.source(), List.of(list)));
    }

    @Test
    void shouldAskTheSideThatTheStepNames() {
        target.becomes(TestSite.answer(500, "broken"));
        assertThat(check(Side.SOURCE, check(200, "ok"), check(200, null)).summary())
                .startsWith("2 checks pass on the source, at 127.0.0.1: /health in ");
        assertFails("found 500 with the body 'broken'", () -> check(Side.TARGET, check(200, "ok")));
    }

    @Test
    void shouldSayWhatWasExpectedAndFound() {
        source.becomes(TestSite.answer(200, "maintenance\n" + "x".repeat(1000)));
        assertFails("Expected the text 'ok' from http://shop.invalid", () -> check(Side.SOURCE, check(200, "ok")));
        assertFails("x…'", () -> check(Side.SOURCE, check(200, "ok")));
        source.becomes(TestSite.answer(302, "", "Location", "http://elsewhere.invalid/"));
        assertFails("found 302 that leads to http://elsewhere.invalid/", () -> check(Side.SOURCE, check(200, null)));
        source.close();
        assertFails("no connection: Connection refused", () -> check(Side.SOURCE, check(200, null)));
    }

    @Test
    void shouldBlockAMigrationWhoseChecksFailOnTheSourceNow() {
        target.becomes(TestSite.answer(500, ""));
        assertThat(inspect(check(200, "ok"), check(204, null)).findings())
                .extracting(Finding::severity, Finding::where)
                .containsExactly(
                        tuple(Finding.Severity.NOTE, "/checks/0"), tuple(Finding.Severity.BLOCKER, "/checks/1"));
        assertThat(inspect().findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING));
    }

    @Test
    void shouldCompareBothSidesAndWarmTheTarget() {
        assertThat(compare().summary()).contains("/health identical (");
        assertThat(target.asked()).isEqualTo(4);
        assertThat(source.asked()).isEqualTo(1);
        source.becomes(TestSite.answer(200, "a\nb\nc\ntime 1\n", "Strict-Transport-Security", "max-age=1"));
        target.becomes(TestSite.answer(200, "a\nb\nc\ntime 2\n", "X-Frame-Options", "DENY"));
        assertThat(compare().summary())
                .contains(
                        "/health 80 % alike, Strict-Transport-Security is missing on the target and X-Frame-Options is"
                                + " new on the target (");
        target.becomes(TestSite.answer(404, "gone"));
        assertFails("found 404", this::compare);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    a;b;c;d | a;b;c;d | 100
                    a;b     | b;a     | 99
                    a;a;b   | a;b;b   | 66
                    a       | b       | 0
                    {"host":"old","ok":1} | {"host":"new","ok":1} | 75
                    a       | ''      | 0
                    """)
    void shouldMeasureLikeness(String one, String other, int percent) {
        assertThat(Comparison.likeness(one.replace(';', '\n'), other.replace(';', '\n')))
                .isEqualTo(percent);
    }

    // ---- watching ----

    @Test
    void shouldSayWhetherTheWatchedServiceAnswers() {
        assertThat(watch()).isNull();
        target.becomes(TestSite.answer(502, "down"));
        assertThat(watch()).contains("502", "down");
        assertThat(target.asked()).isEqualTo(2);
        assertThat(source.asked()).isZero();
    }

    @Test
    void shouldAskAtEveryAddressThatIsPublished() throws IOException {
        try (TestSite other = new TestSite("127.0.0.3", source.port(), null, TestSite.answer(200, "all is ok\n"))) {
            List<String> addresses = List.of("127.0.0.2", "127.0.0.3");
            CheckService step = new CheckService(Side.TARGET, addresses, List.of(check(200, "ok")));
            CompareAnswers compare = new CompareAnswers(addresses, List.of(check(200, null)));
            assertThat(checks.checkService(new Act<>(migration, "check", step, BeforeImage.NOTHING))
                            .summary())
                    .startsWith("2 checks pass on the target, at 127.0.0.2 and 127.0.0.3");
            other.becomes(TestSite.answer(500, "no v6"));
            assertFails("no v6", () -> checks.checkService(new Act<>(migration, "check", step, BeforeImage.NOTHING)));
            assertFails(
                    "no v6",
                    () -> checks.compareAnswers(new Act<>(migration, "compare", compare, BeforeImage.NOTHING)));
        }
    }
}
