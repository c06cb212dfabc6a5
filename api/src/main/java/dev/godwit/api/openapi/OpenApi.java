package dev.godwit.api.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.spec.SpecSchema;
import io.micronaut.http.HttpMethod;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.web.router.Router;
import io.micronaut.web.router.UriRouteInfo;
import jakarta.inject.Singleton;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI 3.1 document of the API, made from what runs: the routes of the server, the parameters of their methods, the
 * records that they read and write, and what {@link Call} and {@link Doc} say about them.
 */
@Singleton
final class OpenApi {
    private static final String VERSION = "3.1.0";
    private static final String DEFINITIONS = "$defs";

    private final Router router;
    private @Nullable ObjectNode document;

    OpenApi(Router router) {
        this.router = router;
    }

    /** The document; it is made once, when it is first asked for. */
    synchronized JsonNode document() {
        if (document == null) {
            document = make();
        }
        return document;
    }

    private ObjectNode make() {
        Schemas schemas = new Schemas();
        JsonNode problem = schemas.of(Problem.class);
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("openapi", VERSION);
        root.putObject("info")
                .put("title", "Godwit")
                .put("version", "1")
                .put("description", "Moves a live service from one server to another without stopping it.")
                .putObject("license")
                .put("name", "Apache-2.0")
                .put("identifier", "Apache-2.0");
        root.putArray("servers").addObject().put("url", "/");
        root.putArray("security").addObject().putArray(Operation.SCHEME);
        ObjectNode paths = root.putObject("paths");
        for (UriRouteInfo<?, ?> route : documented()) {
            Method method = route.getTargetMethod().getTargetMethod();
            ObjectNode path = paths.withObjectProperty(template(route));
            path.set(
                    route.getHttpMethodName().toLowerCase(Locale.ROOT),
                    new Operation(route, method, call(method), isOpen(method), schemas, problem).document());
        }
        ObjectNode components = root.putObject("components");
        components
                .putObject("securitySchemes")
                .putObject(Operation.SCHEME)
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "'./godwit up' makes the first token, in a file that only its owner can read.");
        components.set("schemas", definitions(schemas));
        return root;
    }

    private List<UriRouteInfo<?, ?>> documented() {
        return router.uriRoutes()
                .<UriRouteInfo<?, ?>>map(route -> route)
                .filter(route -> route.getHttpMethod() != HttpMethod.HEAD)
                .filter(route -> route.getTargetMethod().getTargetMethod().isAnnotationPresent(Call.class))
                .sorted(Comparator.comparing(OpenApi::template).thenComparing(UriRouteInfo::getHttpMethodName))
                .toList();
    }

    private static String template(UriRouteInfo<?, ?> route) {
        return route.getUriMatchTemplate().toPathString();
    }

    private static boolean isOpen(Method method) {
        Secured secured = method.getAnnotation(Secured.class);
        return secured != null && List.of(secured.value()).contains(SecurityRule.IS_ANONYMOUS);
    }

    private static Call call(Method method) {
        return method.getAnnotation(Call.class);
    }

    private static ObjectNode definitions(Schemas schemas) {
        ObjectNode definitions = schemas.definitions();
        ArrayNode types = ((ObjectNode) definitions.at("/Problem/properties/type")).putArray("enum");
        for (ProblemType type : ProblemType.values()) {
            types.add(type.uri().toString());
        }
        ObjectNode spec = SpecSchema.document();
        spec.remove("$schema");
        JsonNode inner = spec.remove(DEFINITIONS);
        definitions.set(Schemas.SPEC, moved(spec));
        if (inner != null) {
            inner.properties()
                    .forEach(entry -> definitions.set(Schemas.SPEC + "." + entry.getKey(), moved(entry.getValue())));
        }
        return definitions;
    }

    /** The references of the spec's own schema, pointed to where its definitions are in this document. */
    private static JsonNode moved(JsonNode schema) {
        schema.findParents("$ref")
                .forEach(node -> ((ObjectNode) node)
                        .put(
                                "$ref",
                                node.get("$ref")
                                        .asText()
                                        .replace(
                                                "#/" + DEFINITIONS + "/",
                                                "#/" + Schemas.COMPONENTS + "/" + Schemas.SPEC + ".")));
        return schema;
    }
}
