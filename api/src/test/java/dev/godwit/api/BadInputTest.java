package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import jakarta.inject.Inject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.IN_MEMORY)
class BadInputTest {
    private static final String MIGRATIONS = "/api/v1/migrations";

    @Inject
    EmbeddedServer server;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/migrations", "/api/v1/migrations/x", "/api/v1/nothing", "/other"})
    void shouldRefuseCallWithoutToken(String path) {
        Http.Answer answer = http.send("GET", path, null, Map.of("Authorization", ""));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).contains("Bearer realm=\"godwit\"");
        assertThat(answer.problem()).isEqualTo("unauthenticated");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer wrong", "Bearer", "Bearer ", "Basic dG9rZW4=", "token-of-alice-0123456789"})
    void shouldRefuseWrongToken(String authorization) {
        Http.Answer answer = http.send("GET", MIGRATIONS, null, Map.of("Authorization", authorization));

        assertThat(answer.status()).isEqualTo(401);
    }

    @Test
    void shouldReportEveryProblemOfSpecWithItsPath() {
        Http.Answer answer = http.post(MIGRATIONS, """
                {"spec": {"service": "Not A Host", "colour": "red"}, "plan": "abc", "reason": " ", "speed": 1}
                """);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.problem()).isEqualTo("invalid-body");
        assertThat(answer.json()
                        .get("problems")
                        .valueStream()
                        .map(one -> one.get("path").asText()))
                .contains("/spec/service", "/spec/colour", "/spec", "/plan", "/reason", "");
        assertThat(answer.json()
                        .get("problems")
                        .valueStream()
                        .map(one -> one.get("message").asText()))
                .allMatch(message -> message.startsWith("Expected"));
    }

    @Test
    void shouldReportProblemsOfBareSpecWithPathsOfTheSpec() {
        Http.Answer answer = http.post("/api/v1/plans", "service: 7\n", Map.of("Content-Type", Http.YAML));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json()
                        .at("/problems")
                        .valueStream()
                        .map(one -> one.get("path").asText()))
                .contains("/service", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"spec\": ", "{\"a\": 1, \"a\": 2}", "", "{} {}", "nonsense"})
    void shouldRefuseWhatIsNotJson(String body) {
        Http.Answer answer = http.post(MIGRATIONS, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).doesNotContain("Exception").doesNotContain("jackson");
    }

    @Test
    void shouldRefuseBytesThatAreNotUtf8() {
        Http.Answer answer = http.exchange(HttpRequest.newBuilder(http.address(MIGRATIONS))
                .header("Authorization", "Bearer " + TestBeans.ALICE)
                .header("Content-Type", Http.YAML)
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {'a', ':', ' ', (byte) 0xe4}))
                .build());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("malformed-request");
        assertThat(answer.json().get("detail").asText()).contains("UTF-8");
    }

    @Test
    void shouldSayThatABodyIsExpected() {
        Http.Answer answer = http.post(MIGRATIONS, "");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("malformed-request");
        assertThat(answer.json().get("detail").asText())
                .startsWith("Expected a body")
                .contains("found none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void shouldRefuseABodyThatIsNotInItsEncoding(String encoding) {
        Http.Answer answer = http.post(MIGRATIONS, Specs.json("z.example.org"), Map.of("Content-Encoding", encoding));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").asText()).contains("Content-Encoding");
    }

    @Test
    void shouldTellPlaceOfMistake() {
        Http.Answer json = http.post(MIGRATIONS, "{\n  \"spec\": }");
        Http.Answer yaml = http.post(MIGRATIONS, "service: [a\nb: c", Map.of("Content-Type", Http.YAML));

        assertThat(json.json().get("detail").asText()).contains("line 2, column");
        assertThat(yaml.status()).isEqualTo(400);
        assertThat(yaml.json().get("detail").asText()).contains("line 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "\"text\"", "null", "true"})
    void shouldRefuseJsonThatIsNoObject(String body) {
        assertThat(http.post(MIGRATIONS, body).status()).isEqualTo(422);
        assertThat(http.post("/api/v1/plans", body).status()).isEqualTo(422);
        String id = http.post(
                        MIGRATIONS, Specs.json("bad" + Integer.toUnsignedString(body.hashCode()) + ".example.org"))
                .id();
        assertThat(http.post(MIGRATIONS + "/" + id + "/pause", body).status()).isEqualTo(422);
    }

    @Test
    void shouldRefuseBodyThatIsTooLarge() {
        Http.Answer answer = http.post(MIGRATIONS, "{\"spec\": \"" + "x".repeat(600 * 1024) + "\"}");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.problem()).isEqualTo("body-too-large");
        assertThat(answer.json().get("detail").asText()).contains("512 KiB");
    }

    @Test
    void shouldRefuseOtherMediaTypes() {
        assertThat(http.post(MIGRATIONS, "<spec/>", Map.of("Content-Type", "application/xml"))
                        .status())
                .isEqualTo(415);
        assertThat(http.post(MIGRATIONS + "/x/pause", "reason: x", Map.of("Content-Type", Http.YAML))
                        .status())
                .isEqualTo(415);
        assertThat(http.send("GET", MIGRATIONS, null, Map.of("Accept", "image/png"))
                        .status())
                .isEqualTo(406);
    }

    @ParameterizedTest
    @CsvSource({"DELETE, /api/v1/migrations", "PUT, /api/v1/plans", "GET, /api/v1/plans", "TRACE, /api/v1/migrations"})
    void shouldRefuseOtherMethods(String method, String path) {
        Http.Answer answer = http.send(method, path, null, Map.of());

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "shop.example.org-20261121-103000-abc",
                "a'%20or%201=1-20261121-103000-abc",
                "%00",
                "..%2F..",
                "ä"
            })
    void shouldNotKnowOtherIds(String id) {
        Http.Answer answer = http.get(MIGRATIONS + "/" + id.replace("ä", "%C3%A4"));

        assertThat(answer.status()).isIn(404, 400);
        assertThat(http.post(MIGRATIONS + "/" + id.replace("ä", "%C3%A4") + "/pause", "{\"reason\": \"x\"}")
                        .status())
                .isIn(404, 400);
    }

    @Test
    void shouldNotKnowOtherAddresses() {
        assertThat(http.get("/api/v1/nothing").problem()).isEqualTo("nothing-here");
        assertThat(http.get("/api/v1/nothing").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=101",
                "limit=-1",
                "limit=many",
                "limit=",
                "phase=soak",
                "phase=",
                "outcome=LOST",
                "service=Not%20a%20host",
                "service=x'%20OR%20'1'='1",
                "cursor=%21",
                "cursor=bm90LWEtY3Vyc29y"
            })
    void shouldRefuseBadParameters(String query) {
        Http.Answer answer = http.get(MIGRATIONS + "?" + query);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("invalid-parameter");
        assertThat(answer.json().get("detail").asText()).contains("Expected");
    }

    @Test
    void shouldRefuseAParameterThatTheCallDoesNotTake() {
        Http.Answer misspelt = http.get(MIGRATIONS + "/x/history?fromat=temporal");
        Http.Answer onList = http.get(MIGRATIONS + "?limit=1&page=2");
        Http.Answer onStart = http.post(MIGRATIONS + "?dryRun=true", Specs.json("dry.example.org"));

        assertThat(List.of(misspelt.status(), onList.status(), onStart.status()))
                .containsOnly(400);
        assertThat(misspelt.problem()).isEqualTo("invalid-parameter");
        assertThat(misspelt.header("X-Content-Type-Options")).contains("nosniff");
        assertThat(misspelt.json().get("detail").asText()).contains("'format'", "'fromat'");
        assertThat(onList.json().get("detail").asText()).contains("'phase'", "'cursor'", "'page'");
        assertThat(onStart.json().get("detail").asText()).contains("'dryRun'");
        assertThat(http.get("/api/v1/health?x=1").status()).isEqualTo(400);
        assertThat(http.send("GET", MIGRATIONS + "?page=2", null, Map.of("Authorization", ""))
                        .status())
                .as("a stranger learns nothing")
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'quoted'", "with space", "ä"})
    void shouldRefuseBadIdempotencyKey(String key) {
        Http.Answer answer = http.post(MIGRATIONS, Specs.json("z.example.org"), Map.of("Idempotency-Key", key));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("invalid-parameter");
        assertThat(answer.json().get("detail").asText()).startsWith("'Idempotency-Key': ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"reason\": \"\"}",
                "{\"reason\": \"  \"}",
                "{\"reason\": \"rings \\u0007\"}",
                "{\"reason\": \"turned \\u202e round\"}",
                "{\"reason\": \"nothing \\u200b here\"}",
                "{\"reason\": 7}",
                "{\"reason\": null}",
                "{\"reason\": \"x\", \"more\": 1}"
            })
    void shouldAskForReason(String body) {
        String id = http.post(
                        MIGRATIONS, Specs.json("reason" + Integer.toUnsignedString(body.hashCode()) + ".example.org"))
                .id();

        Http.Answer answer = http.post(MIGRATIONS + "/" + id + "/pause", body);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(http.get(MIGRATIONS + "/" + id).json().get("paused").asBoolean())
                .isFalse();
    }

    /** Where a pattern tries a text again and again, this takes hours. */
    @Test
    @Timeout(60)
    void shouldRefuseWhatIsTooLongInOneGo() {
        String id = http.post(MIGRATIONS, Specs.json("endless.example.org")).id();

        for (String reason : List.of("a".repeat(400_000) + "\\u0007", " ".repeat(400_000) + "\\u0007")) {
            Http.Answer answer = http.post(MIGRATIONS + "/" + id + "/pause", "{\"reason\": \"" + reason + "\"}");
            assertThat(answer.status()).isEqualTo(422);
        }
    }

    @Test
    void shouldRefuseReasonThatIsTooLong() {
        String id = http.post(MIGRATIONS, Specs.json("long.example.org")).id();

        Http.Answer answer = http.post(MIGRATIONS + "/" + id + "/pause", "{\"reason\": \"" + "x".repeat(1001) + "\"}");

        assertThat(answer.status()).isEqualTo(422);
        JsonNode problem = answer.json().at("/problems/0");
        assertThat(problem.get("path").asText()).isEqualTo("/reason");
        assertThat(problem.get("message").asText()).contains("at most 1000");
    }
}
