package dev.godwit.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.spec.SpecReader.Format;
import org.junit.jupiter.api.Test;

class SpecSchemaTest {
    private static final Schema PUBLISHED = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SpecSchema.document());

    /** The schema is an interface: whoever changes it sees here what changes for others. */
    @Test
    void shouldPublishTheSchemaThatIsWrittenDown() {
        assertThat(SpecSchema.document().toPrettyString())
                .as("the schema; if the change is meant, put the new text into spec/schema.json")
                .isEqualToNormalizingNewlines(Specs.resource("schema.json").strip());
    }

    @Test
    void shouldAcceptByThePublishedSchemaWhatTheReaderAccepts() {
        assertThat(PUBLISHED.validate(Specs.shop())).isEmpty();
        assertThat(PUBLISHED.validate(SpecTree.parse(Specs.resource("least.yaml"), Format.YAML)))
                .isEmpty();
    }

    @Test
    void shouldRefuseByThePublishedSchemaWhatAPatternCanSay() {
        JsonNode wrong = GodwitJson.read("\"a\\nb\"");

        for (String path : new String[] {"/service", "/source/ssh/hostKey", "/units/0", "/soak", "/checks/0/get"}) {
            assertThat(PUBLISHED.validate(Specs.shop(path, wrong))).as(path).isNotEmpty();
        }
        assertThat(PUBLISHED.validate(Specs.shop("/dns/provider", GodwitJson.read("{}"))))
                .isNotEmpty();
        assertThat(PUBLISHED.validate(Specs.shop("/more", wrong))).isNotEmpty();
    }

    @Test
    void shouldDescribeEveryKey() {
        JsonNode document = SpecSchema.document();
        document.findParents("properties")
                .forEach(definition -> definition
                        .get("properties")
                        .properties()
                        .forEach(property -> assertThat(property.getValue().has("description")
                                        || property.getKey().matches("engine|server|rfc2136"))
                                .as(property.getKey())
                                .isTrue()));
    }
}
