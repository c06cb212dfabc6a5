package dev.godwit.api.openapi;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.spec.Spec;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes JSON Schemas (draft 2020-12) of the records that the API reads and writes, as {@link GodwitJson} writes them:
 * what may be null is left out.
 */
public final class Schemas {
    /** Where definitions live in an OpenAPI document. */
    static final String COMPONENTS = "components/schemas";

    /** The name under which a document holds the schema of the spec. */
    static final String SPEC = "Spec";

    private final SchemaBuilder builder;

    /** For an OpenAPI document: definitions are collected, {@link #definitions} returns them. */
    Schemas() {
        this.builder = new SchemaGenerator(configuration(false).build()).buildMultipleSchemaDefinitions();
    }

    /** The schema of one type by itself, with nothing to refer to; a spec in it is anything, its own reader looks at it. */
    public static ObjectNode alone(Class<?> type) {
        return new SchemaGenerator(configuration(true).build()).generateSchema(type);
    }

    /** The schema of a type, or a reference to it; it is empty until {@link #definitions} is called. */
    ObjectNode of(Type type) {
        return builder.createSchemaReference(type);
    }

    /** What the references point to. */
    ObjectNode definitions() {
        return builder.collectDefinitions(COMPONENTS);
    }

    private static SchemaGeneratorConfigBuilder configuration(boolean standalone) {
        SchemaGeneratorConfigBuilder configuration = new SchemaGeneratorConfigBuilder(
                        GodwitJson.mapper(), SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.PLAIN_DEFINITION_KEYS)
                .without(Option.FLATTENED_ENUMS_FROM_TOSTRING, Option.SCHEMA_VERSION_INDICATOR)
                .with(new JacksonModule(
                        JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY, JacksonOption.SKIP_SUBTYPE_LOOKUP));
        configuration
                .forTypesInGeneral()
                .withPropertySorter((_, _) -> 0)
                .withAdditionalPropertiesResolver(
                        scope -> Strict.class.isAssignableFrom(scope.getType().getErasedType()) ? Void.class : null)
                .withCustomDefinitionProvider((type, context) -> known(type, context, standalone));
        configuration
                .forFields()
                .withRequiredCheck(Schemas::isRequired)
                .withInstanceAttributeOverride((node, field, context) -> describe(node, field));
        return configuration;
    }

    private static @Nullable CustomDefinition known(
            ResolvedType type, SchemaGenerationContext context, boolean standalone) {
        Class<?> erased = type.getErasedType();
        ObjectNode node = context.getGeneratorConfig().createObjectNode();
        if (erased == Duration.class) {
            node.put("type", "string").put("pattern", "^(\\d{1,9}(ms|d|h|m|s))+$");
            node.putArray("examples").add("1m30s");
        } else if (erased == Instant.class) {
            node.put("type", "string").put("format", "date-time");
        } else if (erased == URI.class) {
            node.put("type", "string").put("format", "uri-reference");
        } else if (erased == Spec.class) {
            if (!standalone) {
                node.put("$ref", "#/" + COMPONENTS + "/" + SPEC);
            }
        } else if (standalone && !otherWords(erased).isEmpty()) {
            ArrayNode words = node.put("type", "string").putArray("enum");
            Stream.of(erased.getEnumConstants()).forEach(constant -> words.add(constant.toString()));
            otherWords(erased).forEach(words::add);
        } else {
            return null;
        }
        return new CustomDefinition(node, DefinitionType.INLINE, AttributeInclusion.YES);
    }

    /** What is understood, too, in place of an enum's words. No document shows it. */
    private static List<String> otherWords(Class<?> type) {
        return !type.isEnum()
                ? List.of()
                : Stream.of(type.getFields())
                        .map(constant -> constant.getAnnotation(JsonAlias.class))
                        .filter(Objects::nonNull)
                        .flatMap(alias -> Stream.of(alias.value()))
                        .toList();
    }

    private static boolean isRequired(FieldScope field) {
        Doc doc = field.getRawMember().getAnnotation(Doc.class);
        return !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class)
                && (doc == null || !doc.optional());
    }

    private static void describe(ObjectNode node, FieldScope field) {
        Doc doc = field.getRawMember().getAnnotation(Doc.class);
        if (doc != null && !field.isFakeContainerItemScope()) {
            describe(node, doc);
        }
    }

    /** Adds what is said about a part. */
    static void describe(ObjectNode node, Doc doc) {
        node.put("description", doc.value());
        if (!doc.pattern().isEmpty()) {
            node.put("pattern", doc.pattern());
        }
        if (doc.longest() > 0) {
            node.put("maxLength", doc.longest());
        }
        if (doc.least() != Integer.MIN_VALUE) {
            node.put("minimum", doc.least());
        }
        if (doc.most() != Integer.MAX_VALUE) {
            node.put("maximum", doc.most());
        }
        if (!doc.example().isEmpty()) {
            node.putArray("examples").add(doc.example());
        }
    }

    /** Marks bodies in which nothing else may stand. */
    public interface Strict {}

    /** Marks bodies in whose place a spec alone may stand. */
    public interface AroundSpec extends Strict {}
}
