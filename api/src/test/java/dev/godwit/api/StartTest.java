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
@Property(name = TestBeans.IN_MEMORY, value = "true")
class StartTest {
    @Inject
    EmbeddedServer server;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    @Test
    void shouldStartMigrationFromBareSpecInYaml() {
        Http.Answer answer =
                http.post("/api/v1/migrations", Specs.yaml("a.example.org"), Map.of("Content-Type", Http.YAML));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.id()).matches("a\\.example\\.org-\\d{8}-\\d{6}-[a-z2-9]{3}");
        String location = answer.header("Location").orElseThrow();
        assertThat(location).isEqualTo("/api/v1/migrations/" + answer.id());
        assertThat(http.get(location).id()).isEqualTo(answer.id());
    }

    @Test
    void shouldRefuseCallWithoutToken() {
        Http.Answer answer = http.send("GET", "/api/v1/migrations/x", null, Map.of("Authorization", ""));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).contains("Bearer realm=\"godwit\"");
        assertThat(answer.problem()).isEqualTo("unauthenticated");
    }
}
