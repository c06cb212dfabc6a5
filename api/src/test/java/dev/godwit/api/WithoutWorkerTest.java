package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.WITHOUT_WORKER)
@Property(name = "godwit.api.timeouts.status", value = "500ms")
@Property(name = "godwit.api.timeouts.command", value = "500ms")
@Property(name = "godwit.api.timeouts.preflight", value = "1s")
class WithoutWorkerTest {
    private static final String MIGRATIONS = "/api/v1/migrations";

    @Inject
    EmbeddedServer server;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    private String start(String service) {
        return MIGRATIONS + "/" + http.post(MIGRATIONS, Specs.json(service)).id();
    }

    @Test
    void shouldTellWhatTheEngineKnowsWhenNoWorkerAnswers() {
        Http.Answer status = http.get(start("a.example.org"));

        assertThat(status.status()).isEqualTo(200);
        assertThat(status.json().get("partial").asBoolean()).isTrue();
        assertThat(status.json().get("phase").asString()).isEqualTo("PREFLIGHT");
        assertThat(status.json().get("serving").asString()).isEqualTo("source");
        assertThat(status.json().get("pastPivot").asBoolean()).isFalse();
        assertThat(status.json().get("note").asString()).contains("no worker answered");
    }

    @Test
    void shouldStartAndFindRepeatedStart() {
        Http.Answer first = http.post(MIGRATIONS, Specs.json("b.example.org"), Map.of("Idempotency-Key", "b"));
        Http.Answer again = http.post(MIGRATIONS, Specs.json("b.example.org"), Map.of("Idempotency-Key", "b"));

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.id()).isEqualTo(first.id());
    }

    @Test
    void shouldTellThatNobodyCanTellTheHistory() {
        Http.Answer answer = http.get(start("c.example.org") + "/history");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("no-worker");
    }

    @Test
    void shouldGiveRawHistoryWithoutWorker() {
        assertThat(http.get(start("d.example.org") + "/history?format=temporal").status())
                .isEqualTo(200);
    }

    @Test
    void shouldTellThatCommandWasNotTakenInTime() {
        Http.Answer answer = http.post(start("e.example.org") + "/pause", "{\"reason\": \"x\"}");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.problem()).isEqualTo("timed-out");
        assertThat(answer.json().has("migration")).isTrue();
    }

    @Test
    void shouldTellThatPlanDidNotComeInTime() {
        Http.Answer answer = http.post("/api/v1/plans", Specs.json("f.example.org"));

        assertThat(answer.status()).isEqualTo(504);
    }
}
