package dev.godwit.api.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.spec.SpecSchema;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;

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
    @Secured(SecurityRule.IS_ANONYMOUS)
    @Produces(MediaType.APPLICATION_JSON)
    @Call(
            value = "Gives this document as JSON",
            answer = "An OpenAPI 3.1 document",
            body = Object.class,
            asksEngine = false)
    String openApiJson() throws JsonProcessingException {
        return json.writeValueAsString(openApi.document());
    }

    @Get("/openapi.yaml")
    @Secured(SecurityRule.IS_ANONYMOUS)
    @Produces("application/yaml")
    @Call(
            value = "Gives this document as YAML",
            answer = "An OpenAPI 3.1 document",
            body = Object.class,
            asksEngine = false)
    String openApiYaml() throws JsonProcessingException {
        return yaml.writeValueAsString(openApi.document());
    }

    @Get("/api/v1/schema/spec")
    @Secured(SecurityRule.IS_ANONYMOUS)
    @Produces({SCHEMA, MediaType.APPLICATION_JSON})
    @Call(
            value = "Gives the JSON Schema of the spec",
            answer = "A JSON Schema, draft 2020-12",
            body = Object.class,
            asksEngine = false)
    String specSchema() throws JsonProcessingException {
        return json.writeValueAsString(SpecSchema.document());
    }
}
