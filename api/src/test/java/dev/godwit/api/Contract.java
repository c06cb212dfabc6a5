package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import dev.godwit.workflows.json.GodwitJson;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Holds answers to the document of the API: every status, media type, header and field has to be in it. */
final class Contract {
    private final JsonNode document;
    private final ObjectNode components;

    Contract(String text) {
        this.document = GodwitJson.read(text);
        this.components = document.get("components").deepCopy();
        // Stricter than for clients: a field that is not documented is a mistake here.
        components.get("schemas").propertyStream().forEach(entry -> {
            if (entry.getValue().has("properties") && !entry.getKey().startsWith("Spec")) {
                ((ObjectNode) entry.getValue()).put("additionalProperties", false);
            }
        });
    }

    JsonNode document() {
        return document;
    }

    void check(String method, String path, Http.Answer answer) {
        Optional<JsonNode> operation = operation(method, path.split("\\?", 2)[0]);
        String type = answer.header("Content-Type").orElse("").split(";", 2)[0];
        if (answer.status() >= 400 && operation.isEmpty()) {
            assertThat(type).isEqualTo("application/problem+json");
            assertThat(errors(ref("Problem"), answer)).isEmpty();
        }
        operation.ifPresent(known -> {
            String where = method + " " + path + " answered " + answer.status();
            JsonNode response = known.at("/responses/" + answer.status());
            assertThat(response.isMissingNode())
                    .as(where + ", which the document has not: " + answer.text())
                    .isFalse();
            response.path("headers")
                    .propertyStream()
                    .forEach(header ->
                            assertThat(answer.header(header.getKey())).as(where).isPresent());
            JsonNode content = response.path("content");
            assertThat(content.has(type)).as("%s: %s", where, type).isTrue();
            if (type.endsWith("json")) {
                assertThat(errors(content.get(type).get("schema"), answer))
                        .as(where)
                        .isEmpty();
            }
        });
    }

    private static JsonNode ref(String name) {
        return JsonNodeFactory.instance.objectNode().put("$ref", "#/components/schemas/" + name);
    }

    private List<String> errors(JsonNode schema, Http.Answer answer) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", components);
        Schema compiled = SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(whole);
        return compiled.validate(answer.json()).stream().map(Error::toString).toList();
    }

    private Optional<JsonNode> operation(String method, String path) {
        return document.get("paths")
                .propertyStream()
                .filter(entry -> pattern(entry.getKey()).matcher(path).matches())
                .map(entry -> entry.getValue().path(method.toLowerCase(Locale.ROOT)))
                .filter(JsonNode::isObject)
                .findFirst();
    }

    private static Pattern pattern(String template) {
        return Pattern.compile(Pattern.compile("\\{[^}]*}")
                .splitAsStream(template + " ")
                .map(part -> Pattern.quote(part))
                .collect(Collectors.joining("[^/]+"))
                .replace(" \\E", "\\E"));
    }
}
