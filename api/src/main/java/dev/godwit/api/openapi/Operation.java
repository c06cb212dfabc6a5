package dev.godwit.api.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemType;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.web.router.UriRouteInfo;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One route in the document. */
record Operation(UriRouteInfo<?, ?> route, Method method, Call call, boolean open, Schemas schemas, JsonNode problem) {
    static final String SCHEME = "token";

    private static final int LONGEST_PATH_VARIABLE = 300;

    ObjectNode document() {
        ObjectNode operation = object().put("operationId", method.getName()).put("summary", call.value());
        if (!call.more().isEmpty()) {
            operation.put("description", call.more());
        }
        if (open) {
            operation.putArray("security");
        }
        ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
        for (Parameter parameter : method.getParameters()) {
            describe(parameter).ifPresent(parameters::add);
        }
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        body().ifPresent(body -> operation.set("requestBody", requestBody(body)));
        operation.set("responses", responses());
        return operation;
    }

    // ---- what goes in ----

    private Optional<ObjectNode> describe(Parameter parameter) {
        if (parameter.isAnnotationPresent(PathVariable.class)) {
            ObjectNode schema = object().put("type", "string").put("minLength", 1);
            schema.put("maxLength", LONGEST_PATH_VARIABLE);
            return Optional.of(
                    parameter("path", parameter.getName(), parameter, schema).put("required", true));
        }
        if (parameter.isAnnotationPresent(QueryValue.class)) {
            ObjectNode schema = schema(parameter.getType());
            String standard = parameter.getAnnotation(QueryValue.class).defaultValue();
            if (!standard.isEmpty()) {
                schema.set("default", value(standard, schema));
            }
            return Optional.of(parameter("query", parameter.getName(), parameter, schema));
        }
        if (parameter.isAnnotationPresent(Header.class)) {
            String name = parameter.getAnnotation(Header.class).value();
            return Optional.of(parameter("header", name, parameter, schema(parameter.getType())));
        }
        return Optional.empty();
    }

    private static ObjectNode parameter(String in, String name, AnnotatedElement element, ObjectNode schema) {
        ObjectNode parameter = object().put("name", name).put("in", in);
        Doc doc = element.getAnnotation(Doc.class);
        if (doc != null) {
            parameter.put("description", doc.value());
        }
        parameter.set("schema", schema);
        return parameter;
    }

    /** A parameter is a text, an enum, or a record around one of them that says what it looks like. */
    private static ObjectNode schema(Class<?> type) {
        if (!type.isRecord()) {
            return Schemas.alone(type);
        }
        RecordComponent only = type.getRecordComponents()[0];
        ObjectNode schema = Schemas.alone(only.getType());
        Schemas.describe(schema, only.getAnnotation(Doc.class));
        schema.remove("description");
        return schema;
    }

    private static JsonNode value(String text, ObjectNode schema) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return schema.path("type").asText("").equals("integer")
                ? nodes.numberNode(Integer.parseInt(text))
                : nodes.textNode(text);
    }

    private Optional<Parameter> body() {
        return Arrays.stream(method.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(Body.class))
                .findFirst();
    }

    private ObjectNode requestBody(Parameter body) {
        ObjectNode result = object().put("required", true);
        JsonNode schema = schemas.of(body.getType());
        if (Schemas.AroundSpec.class.isAssignableFrom(body.getType())) {
            ObjectNode either = object();
            either.putArray("anyOf")
                    .add(schema)
                    .addObject()
                    .put("$ref", "#/" + Schemas.COMPONENTS + "/" + Schemas.SPEC);
            schema = either;
        }
        ObjectNode content = result.putObject("content");
        for (MediaType type : route.getConsumes()) {
            content.putObject(type.getName()).set("schema", schema);
        }
        return result;
    }

    // ---- what comes out ----

    private ObjectNode responses() {
        Map<Integer, ObjectNode> responses = new TreeMap<>();
        problems().stream()
                .collect(Collectors.groupingBy(ProblemType::status))
                .forEach((status, types) -> responses.put(status, refusal(status, types)));
        responses.put(call.status(), answer(call.status()));
        if (call.otherStatus() != 0) {
            responses.put(call.otherStatus(), answer(call.otherStatus()));
        }
        ObjectNode result = object();
        responses.forEach((status, response) -> result.set(Integer.toString(status), response));
        return result;
    }

    private ObjectNode answer(int status) {
        ObjectNode response = object().put(
                        "description", status == call.status() ? call.answer() : "Something is missing; see the body");
        if (status == call.status()) {
            for (String header : call.headers()) {
                header(response, header, "string");
            }
        }
        ObjectNode content = response.putObject("content");
        for (MediaType type : route.getProduces()) {
            JsonNode schema = type.matches(MediaType.TEXT_EVENT_STREAM_TYPE) ? event(bodies()) : bodies();
            content.putObject(type.getName()).set("schema", schema);
        }
        return response;
    }

    private JsonNode bodies() {
        List<JsonNode> bodies = Arrays.stream(call.body())
                .<JsonNode>map(type -> type == Object.class ? object().put("type", "object") : schemas.of(type))
                .toList();
        if (bodies.isEmpty()) {
            return object().put("type", "string");
        }
        if (bodies.size() == 1) {
            return bodies.getFirst();
        }
        ObjectNode either = object();
        either.putArray("anyOf").addAll(bodies);
        return either;
    }

    /** Of a stream of server-sent events the schema describes each event; its data is a text that holds JSON. */
    private static ObjectNode event(JsonNode data) {
        ObjectNode event = object().put("type", "object");
        ObjectNode properties = event.putObject("properties");
        properties.putObject("id").put("type", "string");
        properties.putObject("event").put("type", "string");
        properties
                .putObject("data")
                .put("type", "string")
                .put("contentMediaType", MediaType.APPLICATION_JSON)
                .set("contentSchema", data);
        event.putArray("required").add("event").add("data");
        return event;
    }

    private Set<ProblemType> problems() {
        Set<ProblemType> problems = EnumSet.of(
                ProblemType.REQUEST_REFUSED,
                ProblemType.INVALID_PARAMETER,
                ProblemType.NOT_ACCEPTABLE,
                ProblemType.UNEXPECTED);
        problems.addAll(Arrays.asList(call.problems()));
        if (!open) {
            problems.add(ProblemType.UNAUTHENTICATED);
        }
        // What stands in a path is the id of a migration, what a caller may say in a header is an idempotency key.
        if (takes(PathVariable.class)) {
            problems.addAll(Set.of(ProblemType.NOTHING_HERE, ProblemType.UNKNOWN_MIGRATION));
        }
        if (takes(Header.class)) {
            problems.add(ProblemType.IDEMPOTENCY_KEY_REUSED);
        }
        if (body().isPresent()) {
            problems.addAll(Set.of(
                    ProblemType.MALFORMED_REQUEST,
                    ProblemType.REQUEST_TIMED_OUT,
                    ProblemType.BODY_TOO_LARGE,
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    ProblemType.INVALID_BODY));
        }
        if (call.asksEngine()) {
            problems.addAll(Set.of(ProblemType.ENGINE_UNAVAILABLE, ProblemType.TIMED_OUT));
        }
        return problems;
    }

    private boolean takes(Class<? extends Annotation> kind) {
        return Arrays.stream(method.getParameters()).anyMatch(one -> one.isAnnotationPresent(kind));
    }

    private ObjectNode refusal(int status, List<ProblemType> types) {
        ObjectNode response = object().put(
                        "description",
                        types.stream()
                                .map(type -> type.title() + " (`" + type.uri() + "`)")
                                .collect(Collectors.joining(". ")));
        if (status == ProblemType.UNAUTHENTICATED.status()) {
            header(response, HttpHeaders.WWW_AUTHENTICATE, "string");
        } else if (status == ProblemType.ENGINE_UNAVAILABLE.status()) {
            header(response, HttpHeaders.RETRY_AFTER, "integer");
        }
        response.putObject("content").putObject(Problem.MEDIA_TYPE).set("schema", problem);
        return response;
    }

    private static void header(ObjectNode response, String name, String type) {
        response.withObjectProperty("headers")
                .putObject(name)
                .put("required", true)
                .putObject("schema")
                .put("type", type);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
