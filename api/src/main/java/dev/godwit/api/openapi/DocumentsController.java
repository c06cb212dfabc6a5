package dev.godwit.api.openapi;

import dev.godwit.api.auth.Open;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.spec.SpecSchema;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The descriptions that programs read. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class DocumentsController {
    private static final String SCHEMA = "application/schema+json";

    private final OpenApi openApi;
    private final ObjectWriter json = GodwitJson.mapper().writerWithDefaultPrettyPrinter();
    private final ObjectWriter yaml = new YAMLMapper().writer();

    DocumentsController(OpenApi openApi) {
        this.openApi = openApi;
    }

    @Get("/openapi.json")
    @Open
    @Produces(MediaType.APPLICATION_JSON)
    @Call(
            value = "Gives this document as JSON",
            answer = "An OpenAPI 3.1 document",
            body = Object.class,
            asksEngine = false)
    String openApiJson() {
        return json.writeValueAsString(openApi.document());
    }

    @Get("/openapi.yaml")
    @Open
    @Produces("application/yaml")
    @Call(
            value = "Gives this document as YAML",
            answer = "An OpenAPI 3.1 document",
            body = Object.class,
            asksEngine = false)
    String openApiYaml() {
        return yaml.writeValueAsString(openApi.document());
    }

    @Get("/api/v1/schema/spec")
    @Open
    @Produces({SCHEMA, MediaType.APPLICATION_JSON})
    @Call(
            value = "Gives the JSON Schema of the spec",
            answer = "A JSON Schema, draft 2020-12",
            body = Object.class,
            asksEngine = false)
    String specSchema() {
        return json.writeValueAsString(SpecSchema.document());
    }
}
