package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.DOWN)
@Property(name = "godwit.api.timeouts.engine", value = "1s")
class EngineDownTest {
    private static final String MIGRATIONS = "/api/v1/migrations";

    @Inject
    EmbeddedServer server;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a.example.org-20261121-103000-abc",
                "/a.example.org-20261121-103000-abc/history",
                "/a.example.org-20261121-103000-abc/events",
                "/a.example.org-20261121-103000-abc/evidence"
            })
    void shouldSayThatEngineIsUnavailable(String path) {
        Http.Answer answer = http.get(MIGRATIONS + path);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("engine-unavailable");
        assertThat(answer.header("Retry-After")).contains("5");
    }

    @Test
    void shouldNotStart() {
        assertThat(http.post(MIGRATIONS, Specs.json("a.example.org")).status()).isEqualTo(503);
        assertThat(http.post(MIGRATIONS, Specs.json("a.example.org"), Map.of("Idempotency-Key", "a"))
                        .status())
                .isEqualTo(503);
        assertThat(http.post("/api/v1/plans", Specs.json("a.example.org")).status())
                .isEqualTo(503);
    }

    @Test
    void shouldTellHealth() {
        Http.Answer answer = http.get("/api/v1/health");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.json().get("api").asBoolean()).isTrue();
        assertThat(answer.json().get("engine").asBoolean()).isFalse();
    }
}
