package dev.godwit.activities.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpHandler;
import dev.godwit.activities.TestSpec;
import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.http.TestSite;
import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.FailureType;
import dev.godwit.workflows.activity.Inspect;
import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.activity.Progress;
import dev.godwit.workflows.activity.ServiceChecks;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.plan.Step.CheckService;
import dev.godwit.workflows.plan.Step.CompareAnswers;
import dev.godwit.workflows.plan.Step.Soak;
import dev.godwit.workflows.spec.HostSpec;
import dev.godwit.workflows.spec.HttpCheck;
import dev.godwit.workflows.spec.SecretRef;
import dev.godwit.workflows.spec.Side;
import dev.godwit.workflows.spec.SshLogin;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
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
        source.close();
        target.close();
        client.close();
    }

    private static HostSpec host(String name, String address) {
        return new HostSpec(name, address, new SshLogin("root", new SecretRef("key"), "SHA256:x", 22));
    }

    private HttpCheck check(int status, @Nullable String contains) {
        return new HttpCheck(URI.create("http://shop.invalid:" + source.port() + "/health"), status, contains);
    }

    private Outcome check(Side side, HttpCheck... list) {
        return checks.checkService(
                new Act<>(migration, "check", new CheckService(side, List.of(list)), BeforeImage.NOTHING));
    }

    private Outcome compare() {
        return checks.compareAnswers(
                new Act<>(migration, "compare", new CompareAnswers(List.of(check(200, null))), BeforeImage.NOTHING));
    }

    private Outcome watch(Duration period) {
        return checks.watchService(
                new Act<>(migration, "soak", new Soak(period, List.of(check(200, "ok"))), BeforeImage.NOTHING));
    }

    private static void assertFails(String words, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOf(ActivityFailure.class).cause().satisfies(cause -> {
            assertThat(((ApplicationFailure) cause).getType()).isEqualTo(FailureType.CHECK_FAILED.name());
            assertThat(((ApplicationFailure) cause).getOriginalMessage()).contains(words);
        });
    }

    private Inspection inspect(HttpCheck... list) {
        return checks.inspectChecks(new Inspect(TestSpec.between(migration.source(), migration.target())
                .checks(list)
                .build()));
    }

    @Test
    void shouldAskTheSideThatTheStepNames() {
        target.becomes(TestSite.answer(500, "broken"));
        assertThat(check(Side.SOURCE, check(200, "ok"), check(200, null)).summary())
                .startsWith("2 checks pass at the source's address: /health in ");
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

    /** Answers well but for some of the questions. */
    private static HttpHandler failing(int from, int to) {
        AtomicInteger asked = new AtomicInteger();
        return exchange -> {
            int number = asked.incrementAndGet();
            TestSite.answer(number >= from && number <= to ? 502 : 200, "ok").handle(exchange);
        };
    }

    @Test
    void shouldWatchForThePeriodAndForgiveAShortFailure() {
        target.becomes(failing(2, 3));
        long start = System.nanoTime();
        assertThat(watch(Duration.ofSeconds(2)).summary())
                .startsWith("Watched for 2s: asked ")
                .endsWith(" times, failed 2 times");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1800));
        assertThat(target.asked()).isBetween(4, 12);
        assertThat(source.asked()).isZero();
    }

    @Test
    void shouldFailWhenTheServiceStaysDown() {
        target.becomes(failing(2, Integer.MAX_VALUE));
        assertFails("without a break since", () -> watch(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
                    # now, failing since, verdict; the end is at 300, a minute is tolerated
                    299,   -, GO_ON
                    300,   -, DONE
                    299, 240, GO_ON
                    299, 239, DOWN
                    320, 290, GO_ON
                    350, 290, DOWN
                    """)
    void shouldEndOnlyWhenTheServiceAnswers(long now, @Nullable Long failingSince, Watching.Next verdict) {
        Instant since = failingSince == null ? null : Instant.ofEpochSecond(failingSince);
        assertThat(new Watching("", 0, 0, 1, 1, since)
                        .next(Instant.ofEpochSecond(now), Instant.ofEpochSecond(300), Duration.ofMinutes(1)))
                .isEqualTo(verdict);
    }

    @Test
    void shouldGoOnWhereTheLastAttemptWasCutOff() {
        stubs.environment().setHeartbeatDetails(new Watching("watching the service", 0, 0, 100, 7, null));
        assertThat(watch(Duration.ofMillis(200)).summary())
                .matches("Watched for 200ms: asked 10\\d times, failed 7 times");
    }

    @Test
    void shouldCountTheTimeOfAFailureAcrossAttempts() {
        target.becomes(TestSite.answer(502, ""));
        Instant longAgo = Instant.now().minus(Duration.ofMinutes(2));
        stubs.environment().setHeartbeatDetails(new Watching("fails", 0, 0, 100, 7, longAgo));
        assertFails("asked 101 times, failed 8 times", () -> watch(Duration.ofHours(1)));
    }

    @Test
    void shouldBeatInAFormThatReadsAsProgress() {
        List<Progress> beats = new CopyOnWriteArrayList<>();
        stubs.environment().setActivityHeartbeatListener(Progress.class, beats::add);
        target.becomes(TestSite.answer(502, "down"));
        assertFails("502", () -> watch(Duration.ofMillis(300)));
        assertThat(beats).isNotEmpty().allMatch(beat -> beat.what().contains("the service fails"));
    }

    @ParameterizedTest
    @CsvSource({"PT0.1S, PT0.05S", "PT2S, PT0.2S", "PT5M, PT30S", "PT72H, PT30S"})
    void shouldAskOftenEnough(Duration period, Duration interval) {
        assertThat(HttpServiceChecks.interval(period)).isEqualTo(interval);
    }
}
