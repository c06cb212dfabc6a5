package dev.godwit.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.PathType;
import dev.godwit.api.openapi.Schemas;
import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemException;
import dev.godwit.api.problem.Shown;
import dev.godwit.workflows.spec.SpecException;
import dev.godwit.workflows.spec.SpecProblem;
import dev.godwit.workflows.spec.SpecReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Holds request bodies to their schemas and says in plain words what is wrong with them. No value is repeated. */
final class BodyRules {
    private static final String SPEC = "spec";

    private final Map<Class<?>, Schema> schemas = new ConcurrentHashMap<>();

    /** The body in its full form, without problems. */
    JsonNode checked(Class<?> type, JsonNode body) {
        boolean bare = RequestBody.WithSpec.class.isAssignableFrom(type) && body.isObject() && !body.has(SPEC);
        JsonNode whole = bare ? JsonNodeFactory.instance.objectNode().set(SPEC, body) : body;
        List<SpecProblem> problems =
                new ArrayList<>(schemas.computeIfAbsent(type, BodyRules::schema).validate(whole).stream()
                        .map(BodyRules::problem)
                        .distinct()
                        .toList());
        if (RequestBody.WithSpec.class.isAssignableFrom(type) && whole.has(SPEC)) {
            problems.addAll(ofSpec(whole.get(SPEC), bare ? "" : "/" + SPEC));
        }
        if (!problems.isEmpty()) {
            throw new ProblemException(Problem.ofBody(problems));
        }
        return whole;
    }

    private static List<SpecProblem> ofSpec(JsonNode spec, String prefix) {
        try {
            SpecReader.read(spec);
            return List.of();
        } catch (SpecException e) {
            return e.problems().stream()
                    .map(problem -> new SpecProblem(prefix + problem.path(), problem.message()))
                    .toList();
        }
    }

    private static Schema schema(Class<?> type) {
        return SchemaRegistry.withDialect(
                        Dialects.getDraft202012(),
                        registry -> registry.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .pathType(PathType.JSON_POINTER)
                                .build()))
                .getSchema(Schemas.alone(type));
    }

    private static SpecProblem problem(Error error) {
        String path = error.getInstanceLocation().toString();
        String message = switch (error.getKeyword()) {
            case "required" -> "Expected the key '" + error.getProperty() + "', but found none; add it";
            case "additionalProperties" ->
                "Expected no such key, but found '" + Shown.of(error.getProperty()) + "'; remove it";
            case "type" -> "Expected a value of the type " + wanted(error) + ", but found another; see /docs";
            case "enum" -> "Expected one of " + choices(error) + ", but found something else";
            case "maxLength" -> "Expected at most " + wanted(error) + " characters, but found more; shorten it";
            case "pattern" ->
                wanted(error).equals(Reasons.WORDS)
                        ? "Expected words without control characters, but found others or none; say why"
                        : "Expected a text that matches " + wanted(error) + ", but found another";
            default -> "Expected a value that fits the API's document at /docs, but found another";
        };
        return new SpecProblem(path, message);
    }

    private static String wanted(Error error) {
        return error.getSchemaNode().asText(error.getSchemaNode().toString());
    }

    private static String choices(Error error) {
        return error.getSchemaNode().valueStream().map(JsonNode::asText).collect(Collectors.joining(", "));
    }
}
