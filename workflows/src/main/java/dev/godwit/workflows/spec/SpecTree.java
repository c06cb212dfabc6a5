package dev.godwit.workflows.spec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.godwit.workflows.notation.Text;
import dev.godwit.workflows.spec.SpecReader.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns text into a tree that means the same whether it was YAML or JSON. What the two do not share is refused:
 * aliases (with which a few lines can mean gigabytes), tags, several documents. So are keys said twice, of
 * which other readers would silently take the last.
 */
final class SpecTree {
    /** More levels than any spec has. */
    private static final int DEEPEST = 20;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(DEEPEST + 5)
            .maxNumberLength(100)
            .maxNameLength(1000)
            .build();
    private static final ObjectMapper JSON = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .build();
    /** As YAML 1.2 reads them, 'on' and 'no' are words. */
    private static final ObjectMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .streamReadConstraints(LIMITS)
                    .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                    .build())
            .build();

    private final List<SpecProblem> problems = new ArrayList<>();
    private final JsonParser parser;

    private SpecTree(JsonParser parser) {
        this.parser = parser;
    }

    static JsonNode parse(String document, Format format) {
        String text = document.startsWith("\ufeff") ? document.substring(1) : document;
        ObjectMapper mapper = format == Format.JSON ? JSON : YAML;
        String wanted = "Expected " + (format == Format.JSON ? "a JSON object" : "a YAML document");
        try (JsonParser parser = mapper.createParser(text)) {
            SpecTree tree = new SpecTree(parser);
            if (parser.nextToken() == null) {
                throw SpecReader.refused(wanted + ", but found nothing; write a spec");
            }
            JsonNode root = tree.value(JsonPointer.empty(), 0);
            if (tree.problems.isEmpty() && parser.nextToken() != null) {
                tree.report(
                        JsonPointer.empty(),
                        "one document",
                        "another" + place(parser.currentTokenLocation()),
                        "write one spec only");
            }
            if (!tree.problems.isEmpty()) {
                throw new SpecException(tree.problems);
            }
            return root;
        } catch (JacksonException e) {
            // Only the place: the parser's own words quote the document, which may hold a secret by mistake.
            throw SpecReader.refused(wanted + ", but found what cannot be read as one" + place(e.getLocation())
                    + "; check quotes, brackets, colons and indentation there, and that it is not nested deeply");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode value(JsonPointer path, int depth) throws IOException {
        if (depth >= DEEPEST) {
            throw SpecReader.refused(
                    "Expected a spec nested at most " + DEEPEST + " levels deep, but found more; write it flatter");
        }
        if (parser instanceof YAMLParser yaml) {
            if (yaml.isCurrentAlias()) {
                report(path, "plain YAML", "an alias", "write the value out in both places");
            }
            if (yaml.getTypeId() != null) {
                report(path, "plain YAML", "a tag", "leave the tag out; put a text in quotes");
            }
        }
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(path, depth);
            case START_ARRAY -> array(path, depth);
            case VALUE_STRING -> nodes.textNode(parser.getText());
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? nodes.numberNode(parser.getBigIntegerValue())
                        : nodes.numberNode(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            default -> nodes.nullNode();
        };
    }

    private ObjectNode object(JsonPointer path, int depth) throws IOException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            JsonPointer inner = path.appendProperty(key);
            boolean twice = object.has(key);
            if (twice) {
                report(
                        inner,
                        "every key once",
                        Text.quoted(key) + " again" + place(parser.currentTokenLocation()),
                        "keep one of the two");
            }
            parser.nextToken();
            JsonNode value = value(inner, depth + 1);
            if (!twice) {
                object.set(key, value);
            }
        }
        return object;
    }

    private ArrayNode array(JsonPointer path, int depth) throws IOException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(path.appendIndex(array.size()), depth + 1));
        }
        return array;
    }

    private void report(JsonPointer path, String wanted, String found, String hint) {
        problems.add(new SpecProblem(path.toString(), "Expected " + wanted + ", but found " + found + "; " + hint));
    }

    private static String place(JsonLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
