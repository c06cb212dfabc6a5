package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.IN_MEMORY)
@Property(name = "godwit.api.timeouts.engine", value = "60s") // a hundred callers at once, on a busy machine
class StartTest {
    private static final String MIGRATIONS = "/api/v1/migrations";
    private static final String KEY = "Idempotency-Key";

    @Inject
    EmbeddedServer server;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    @Test
    void shouldStartMigrationFromBareSpecInYaml() {
        Http.Answer answer = http.post(MIGRATIONS, Specs.yaml("a.example.org"), Map.of("Content-Type", Http.YAML));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.id()).matches("a\\.example\\.org-\\d{8}-\\d{6}-[a-z2-9]{3}");
        String location = answer.header("Location").orElseThrow();
        assertThat(location).isEqualTo(MIGRATIONS + "/" + answer.id());
        assertThat(http.get(location).id()).isEqualTo(answer.id());
    }

    @Test
    void shouldStartMigrationFromBareSpecInJson() {
        assertThat(http.post(MIGRATIONS, Specs.json("b.example.org")).status()).isEqualTo(201);
    }

    @Test
    void shouldRecordReasonAndActorOfStart() {
        Http.Answer answer =
                http.post(MIGRATIONS, Specs.start("c.example.org", ", \"reason\": \"the old disk is dying\""));

        assertThat(answer.status()).isEqualTo(201);
        Http.Answer history = http.get(MIGRATIONS + "/" + answer.id() + "/history");
        assertThat(history.json().at("/entries/0/actor").asText()).isEqualTo("alice");
        assertThat(history.json().at("/entries/0/reason").asText()).isEqualTo("the old disk is dying");
    }

    @Test
    void shouldAnswerWhenTodaysPlanIsTheReviewedOne() {
        Http.Answer answer = http.post(MIGRATIONS, Specs.start("d.example.org", ", \"plan\": \"" + Plans.HASH + "\""));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().get("plan").asText()).isEqualTo(Plans.HASH);
    }

    @Test
    void shouldRefuseWhenTodaysPlanIsAnotherAndAgainWhenRepeated() {
        String body = Specs.start("changed.example.org", ", \"plan\": \"" + Plans.HASH + "\"");

        Http.Answer first = http.post(MIGRATIONS, body, Map.of(KEY, "changed-1"));
        Http.Answer second = http.post(MIGRATIONS, body, Map.of(KEY, "changed-1"));

        assertThat(first.status()).isEqualTo(409);
        assertThat(first.problem()).isEqualTo("plan-changed");
        assertThat(first.json().get("plan").asText()).isEqualTo(Plans.OTHER_HASH);
        assertThat(second.text()).isEqualTo(first.text());
        Http.Answer status = http.get(first.json().get("migration").asText());
        assertThat(status.json().get("outcome").asText()).isEqualTo("ROLLED_BACK");
    }

    @Test
    void shouldTellBlockersWhenReviewedPlanCannotStart() {
        Http.Answer answer =
                http.post(MIGRATIONS, Specs.start("blocked.example.org", ", \"plan\": \"" + Plans.HASH + "\""));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().at("/findings/0/code").asText()).isEqualTo("disk-space");
    }

    @Test
    void shouldTellThatPreflightFailedWhenReviewedPlanIsAwaited() {
        Http.Answer answer =
                http.post(MIGRATIONS, Specs.start("unreachable.example.org", ", \"plan\": \"" + Plans.HASH + "\""));

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.json().get("detail").asText()).contains("HOST_UNREACHABLE");
    }

    @Test
    void shouldRefuseServiceThatIsMoving() {
        Http.Answer first = http.post(MIGRATIONS, Specs.json("e.example.org"));

        Http.Answer second = http.post(MIGRATIONS, Specs.json("e.example.org"));

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.problem()).isEqualTo("service-already-moving");
        assertThat(second.json().get("migration").asText()).isEqualTo(MIGRATIONS + "/" + first.id());
    }

    @Test
    void shouldStartOnceForHundredIdenticalStarts() throws Exception {
        String body = Specs.json("f.example.org");
        List<Http.Answer> answers;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Http.Answer>> calls = IntStream.range(0, 100)
                    .mapToObj(number -> callers.submit(() -> http.post(MIGRATIONS, body, Map.of(KEY, "hundred"))))
                    .toList();
            answers = calls.stream().map(StartTest::result).toList();
        }

        assertThat(answers).extracting(Http.Answer::status).containsOnly(201);
        assertThat(answers.stream().map(Http.Answer::id).distinct()).hasSize(1);
        assertThat(answers.stream().map(answer -> answer.header("Location")).distinct())
                .hasSize(1);
    }

    @Test
    void shouldStartOneOfHundredWithoutKey() throws Exception {
        String body = Specs.json("g.example.org");
        List<Http.Answer> answers;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Http.Answer>> calls = IntStream.range(0, 100)
                    .mapToObj(number -> callers.submit(() -> http.post(MIGRATIONS, body)))
                    .toList();
            answers = calls.stream().map(StartTest::result).toList();
        }

        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 409)).hasSize(99);
    }

    @Test
    void shouldFindEndedMigrationOfRepeatedRequest() {
        String body = Specs.json("h.example.org");
        Http.Answer first = http.post(MIGRATIONS, body, Map.of(KEY, "h-1"));
        http.post(MIGRATIONS + "/" + first.id() + "/rollback", "{\"reason\": \"no\"}");
        Http.Answer other = Waits.until(() -> http.post(MIGRATIONS, body), answer -> answer.status() == 201);

        Http.Answer again = http.post(MIGRATIONS, body, Map.of(KEY, "h-1"));

        assertThat(other.id()).isNotEqualTo(first.id());
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.json().get("outcome").asText()).isEqualTo("ROLLED_BACK");
    }

    @Test
    void shouldUnderstandSameBodyInOtherNotation() {
        Http.Answer first = http.post(MIGRATIONS, Specs.json("i.example.org"), Map.of(KEY, "i-1"));

        Http.Answer again =
                http.post(MIGRATIONS, Specs.yaml("i.example.org"), Map.of(KEY, "i-1", "Content-Type", Http.YAML));

        assertThat(again.id()).isEqualTo(first.id());
    }

    @Test
    void shouldRefuseKeyThatWasUsedForAnotherBody() {
        http.post(MIGRATIONS, Specs.json("j.example.org"), Map.of(KEY, "j-1"));
        Waits.until(
                () -> http.get(MIGRATIONS + "?service=j.example.org").json().get("migrations"),
                found -> !found.isEmpty());

        Http.Answer sameService =
                http.post(MIGRATIONS, Specs.start("j.example.org", ", \"reason\": \"x\""), Map.of(KEY, "j-1"));
        Http.Answer otherService = http.post(MIGRATIONS, Specs.json("k.example.org"), Map.of(KEY, "j-1"));

        assertThat(sameService.status()).isEqualTo(422);
        assertThat(sameService.problem()).isEqualTo("idempotency-key-reused");
        assertThat(otherService.status()).isEqualTo(422);
    }

    private static Http.Answer result(Future<Http.Answer> call) {
        try {
            return call.get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
