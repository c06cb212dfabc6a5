package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.context.annotation.Property;
import io.micronaut.http.HttpMethod;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import io.micronaut.web.router.Router;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.IN_MEMORY)
class DocumentTest {
    /** Pages for people, which no program calls. */
    private static final Set<String> PAGES = Set.of("GET /", "GET /docs", "GET /docs/start.js", "GET /docs/{file}");

    @Inject
    EmbeddedServer server;

    @Inject
    Router router;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    @Test
    void shouldDescribeEveryRoute() {
        Set<String> routes = router.uriRoutes()
                .filter(route -> route.getHttpMethod() != HttpMethod.HEAD)
                .map(route -> route.getHttpMethodName() + " "
                        + route.getUriMatchTemplate().toPathString())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> described = new TreeSet<>(PAGES);
        http.contract()
                .document()
                .get("paths")
                .propertyStream()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method ->
                                described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));

        assertThat(described).isEqualTo(routes);
        assertThat(routes).hasSizeGreaterThan(15);
    }

    @Test
    void shouldResolveEveryReferenceOfTheDocument() {
        JsonNode document = http.contract().document();

        List<String> references = document.findValuesAsText("$ref");

        assertThat(references)
                .isNotEmpty()
                .allMatch(reference -> !document.at(reference.substring(1)).isMissingNode());
    }

    @Test
    void shouldSayWhatParametersLookLike() {
        JsonNode list = http.contract().document().at("/paths/~1api~1v1~1migrations/get/parameters");

        assertThat(parameter(list, "phase").get("enum").valueStream().map(JsonNode::asText))
                .containsExactly("PREFLIGHT", "PREPARE", "REHEARSE", "CUTOVER", "SOAK", "FINISH");
        assertThat(parameter(list, "limit").get("type").asText()).isEqualTo("integer");
        assertThat(parameter(list, "limit").get("maximum").asInt()).isEqualTo(100);
        assertThat(parameter(list, "limit").get("default").asInt()).isEqualTo(20);
        assertThat(parameter(list, "service").get("pattern").asText()).startsWith("^[a-z0-9]");
    }

    private static JsonNode parameter(JsonNode parameters, String name) {
        return parameters
                .valueStream()
                .filter(one -> one.get("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .get("schema");
    }

    @Test
    void shouldNameEveryOperationOnce() {
        List<String> names = http.contract().document().get("paths").findValuesAsText("operationId");

        assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(14);
    }

    @Test
    void shouldGiveSameDocumentAsYaml() throws Exception {
        Http.Answer yaml = http.get("/openapi.yaml");

        assertThat(new YAMLMapper().readTree(yaml.text()))
                .isEqualTo(http.contract().document());
    }

    @Test
    void shouldGiveSchemaOfSpec() {
        // Editors fetch it without a token.
        Http.Answer answer = http.send(
                "GET", "/api/v1/schema/spec", null, Map.of("Accept", "application/schema+json", "Authorization", ""));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/properties/service").isObject()).isTrue();
    }

    @Test
    void shouldServePageThatNeedsNothingFromElsewhere() {
        Http.Answer page = http.send("GET", "/docs", null, Map.of("Authorization", ""));

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.text()).doesNotContain("//");
        assertThat(page.header("Content-Security-Policy").orElse("")).startsWith("default-src 'self'");
        for (String file : List.of("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "start.js")) {
            assertThat(http.send("GET", "/docs/" + file, null, Map.of("Authorization", ""))
                            .status())
                    .as(file)
                    .isEqualTo(200);
        }
        assertThat(http.get("/docs/other.js").status()).isEqualTo(404);
    }

    @Test
    void shouldWriteDocumentThatReadsBack() {
        assertThat(GodwitJson.read(http.get("/openapi.json").text())
                        .get("openapi")
                        .asText())
                .isEqualTo("3.1.0");
    }
}
