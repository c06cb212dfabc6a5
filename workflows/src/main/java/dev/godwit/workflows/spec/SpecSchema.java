package dev.godwit.workflows.spec;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.notation.Text;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema (draft 2020-12) of a {@link Spec}, generated from its records and what {@link Key} says about them.
 */
public final class SpecSchema {
    /** The prefix of the formats that name a {@link Text}. */
    static final String FORMAT = "godwit:";

    private static final Set<Class<?>> TEXTS = Set.of(SecretRef.class, Duration.class, URI.class);
    private static final ObjectNode STRICT = generate();
    private static final ObjectNode DOCUMENT = published(STRICT);

    private SpecSchema() {}

    /**
     * The schema for everybody: for editors, and to serve. A spec that {@link SpecReader} accepts is valid; a valid
     * document can still have problems that a schema cannot express.
     */
    public static ObjectNode document() {
        return DOCUMENT.deepCopy();
    }

    /** The schema that the reader works with: where the published one has patterns, it has the formats of {@link Text}. */
    static JsonNode strict() {
        return STRICT;
    }

    private static ObjectNode generate() {
        SchemaGeneratorConfigBuilder builder = new SchemaGeneratorConfigBuilder(
                        GodwitJson.mapper(), SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(
                        Option.DEFINITIONS_FOR_ALL_OBJECTS,
                        Option.PLAIN_DEFINITION_KEYS,
                        Option.ENUM_KEYWORD_FOR_SINGLE_VALUES,
                        Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
                .without(Option.FLATTENED_ENUMS_FROM_TOSTRING)
                .with(new JacksonModule(
                        JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY,
                        JacksonOption.SKIP_SUBTYPE_LOOKUP,
                        JacksonOption.IGNORE_TYPE_INFO_TRANSFORM));
        builder.forTypesInGeneral()
                .withPropertySorter((_, _) -> 0)
                .withCustomDefinitionProvider((type, context) -> text(type, context))
                .withCustomDefinitionProvider(new Kinds());
        builder.forFields()
                .withRequiredCheck(SpecSchema::isRequired)
                .withInstanceAttributeOverride((node, field, context) -> describe(node, field));
        ObjectNode schema = new SchemaGenerator(builder.build()).generateSchema(Spec.class);
        schema.put("title", "Godwit migration");
        schema.put("description", "Describes how one live service moves from one server to another");
        return schema;
    }

    private static @Nullable CustomDefinition text(ResolvedType type, SchemaGenerationContext context) {
        if (!TEXTS.contains(type.getErasedType())) {
            return null;
        }
        ObjectNode definition = context.getGeneratorConfig().createObjectNode().put("type", "string");
        return new CustomDefinition(definition, DefinitionType.INLINE, AttributeInclusion.YES);
    }

    private static Key key(FieldScope field) {
        Key key = field.getRawMember().getAnnotation(Key.class);
        if (key == null) {
            throw new IllegalStateException("Expected @Key on " + field + ", but found none; this is a bug");
        }
        return key;
    }

    private static boolean isRequired(FieldScope field) {
        return key(field).standard().isEmpty()
                && !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static void describe(ObjectNode node, FieldScope field) {
        Key key = key(field);
        boolean item = field.isFakeContainerItemScope();
        Class<?> type = field.getType().getErasedType();
        if (!item) {
            node.put("description", key.value());
            if (!key.standard().isEmpty()) {
                node.set("default", GodwitJson.read(key.standard()));
            }
        }
        if (type == List.class) {
            if (key.least() > 0) {
                node.put("minItems", key.least());
            }
            node.put("maxItems", key.most());
        } else if (type == int.class) {
            node.put("minimum", key.least()).put("maximum", key.most());
        } else if (type == SecretRef.class) {
            node.put("format", FORMAT + Text.SECRET);
        } else if (type == String.class || TEXTS.contains(type)) {
            node.put("format", FORMAT + key.text());
        }
    }

    private static ObjectNode published(ObjectNode strict) {
        ObjectNode copy = strict.deepCopy();
        copy.findParents("format").forEach(SpecSchema::publish);
        return copy;
    }

    private static void publish(JsonNode node) {
        ObjectNode definition = (ObjectNode) node;
        Text text = Text.valueOf(definition.remove("format").asText().substring(FORMAT.length()));
        definition.put("pattern", text.pattern()).put("maxLength", text.longest());
        if (!text.example().isEmpty()) {
            definition.putArray("examples").add(text.example());
        }
    }

    /** Interfaces with one record for each kind: the kind is named by a key in the object, or by the key around it. */
    private static final class Kinds implements CustomDefinitionProviderV2 {
        @Override
        public @Nullable CustomDefinition provideCustomSchemaDefinition(
                ResolvedType type, SchemaGenerationContext context) {
            JsonTypeInfo info = type.getErasedType().getAnnotation(JsonTypeInfo.class);
            if (info == null || !type.getErasedType().isInterface()) {
                return null;
            }
            JsonSubTypes.Type[] kinds =
                    type.getErasedType().getAnnotation(JsonSubTypes.class).value();
            ObjectNode definition = info.include() == JsonTypeInfo.As.WRAPPER_OBJECT
                    ? wrapped(kinds, context)
                    : told(info.property(), kinds, context);
            return new CustomDefinition(definition, DefinitionType.STANDARD, AttributeInclusion.NO);
        }

        private ObjectNode wrapped(JsonSubTypes.Type[] kinds, SchemaGenerationContext context) {
            ObjectNode definition = object(context);
            ObjectNode properties = definition.putObject("properties");
            for (JsonSubTypes.Type kind : kinds) {
                properties.set(kind.name(), context.createDefinitionReference(resolve(kind, context)));
            }
            return definition.put("minProperties", 1).put("maxProperties", 1).put("additionalProperties", false);
        }

        private ObjectNode told(String key, JsonSubTypes.Type[] kinds, SchemaGenerationContext context) {
            ObjectNode definition = object(context);
            definition.putArray("required").add(key);
            ObjectNode named = definition.putObject("properties").putObject(key);
            ArrayNode names = named.put("type", "string").putArray("enum");
            ArrayNode choices = definition.putArray("allOf");
            for (JsonSubTypes.Type kind : kinds) {
                names.add(kind.name());
                ObjectNode record = context.createStandardDefinition(resolve(kind, context), this);
                ((ObjectNode) record.get("properties")).putObject(key);
                if (kinds.length == 1) {
                    // Whatever the key says, there is one thing that it can mean: the other keys' problems are told,
                    // too.
                    choices.add(record);
                    continue;
                }
                ObjectNode choice = choices.addObject();
                ObjectNode condition = choice.putObject("if");
                condition.putArray("required").add(key);
                condition.putObject("properties").putObject(key).put("const", kind.name());
                choice.set("then", record);
            }
            return definition;
        }

        private static ObjectNode object(SchemaGenerationContext context) {
            return context.getGeneratorConfig().createObjectNode().put("type", "object");
        }

        private static ResolvedType resolve(JsonSubTypes.Type kind, SchemaGenerationContext context) {
            return context.getTypeContext().resolve(kind.value());
        }
    }
}
