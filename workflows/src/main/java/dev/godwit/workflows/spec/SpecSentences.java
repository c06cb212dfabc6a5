package dev.godwit.workflows.spec;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import dev.godwit.workflows.Closest;
import dev.godwit.workflows.notation.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in plain words what a JSON Schema validator found. */
final class SpecSentences {
    /** What the design knows and this version does not, with what to write instead. */
    private static final Map<String, String> LATER = Map.ofEntries(
            Map.entry("copy: replicate", "write 'copy: dump'"),
            Map.entry("outage: hold", "write 'outage: page'"),
            Map.entry("cutover: window", "write 'cutover: approval'"),
            Map.entry("cutover: event", "write 'cutover: approval'"),
            Map.entry("engine: mariadb", "move this database by hooks"),
            Map.entry("engine: mysql", "move this database by hooks"),
            Map.entry("server: apache", "put nginx in front of it"),
            Map.entry("server: haproxy", "put nginx in front of it"),
            Map.entry("notify", "leave it out"),
            Map.entry("cloudflare", "leave 'dns' out and change the records by hand, or write rfc2136"),
            Map.entry("powerdns", "leave 'dns' out and change the records by hand, or write rfc2136"));

    private SpecSentences() {}

    static List<SpecProblem> of(List<Error> errors) {
        // What "if" and "then" say about themselves adds nothing to what is said inside them.
        return errors.stream()
                .filter(error -> !List.of("if", "then", "allOf").contains(error.getKeyword()))
                .map(SpecSentences::problem)
                .toList();
    }

    private static SpecProblem problem(Error error) {
        JsonPointer path = JsonPointer.compile(error.getInstanceLocation().toString());
        JsonPointer keyword =
                JsonPointer.compile(error.getSchemaLocation().getFragment().toString());
        JsonNode schema = SpecSchema.strict().at(keyword.head());
        JsonNode found = error.getInstanceNode();
        String message = switch (error.getKeyword()) {
            case "required" -> missing(error.getProperty(), schema);
            case "additionalProperties" -> unknown(error.getProperty(), schema);
            case "enum" -> choice(path, schema, found);
            case "format" -> text(schema).orElseThrow().complaint(found.asText());
            case "minItems" ->
                sentence("at least " + count(schema.get("minItems").asInt(), "item"), "an empty list", "add one");
            case "maxItems" ->
                sentence(
                        "at most " + count(schema.get("maxItems").asInt(), "item"),
                        count(found.size(), "item"),
                        "write fewer");
            case "minProperties", "maxProperties" ->
                sentence("exactly one of " + keys(schema), count(found.size(), "key"), "write one");
            default -> sentence(wanted(schema), found(found), hint(schema));
        };
        return new SpecProblem(
                error.getKeyword().equals("additionalProperties") ? inside(path, error.getProperty()) : path.toString(),
                message);
    }

    private static String missing(String key, JsonNode schema) {
        JsonNode property = schema.path("properties").path(key);
        String description = property.path("description").asText("");
        String example =
                text(property).map(Text::example).filter(one -> !one.isEmpty()).orElse("…");
        String value = property.has("enum") ? property.get("enum").get(0).asText() : example;
        return sentence(
                "the key '" + key + "'" + (description.isEmpty() ? "" : " (" + description + ")"),
                "none",
                "add '" + key + ": " + value + "'");
    }

    private static String unknown(String key, JsonNode schema) {
        if (LATER.containsKey(key)) {
            return sentence(
                    "only the keys " + keys(schema), "'" + key + "', which is not in this version", LATER.get(key));
        }
        String hint = Closest.to(key, names(schema))
                .map(near -> "did you mean '" + near + "'?")
                .orElse("leave it out");
        return sentence("only the keys " + keys(schema), Text.quoted(key), hint);
    }

    private static String choice(JsonPointer path, JsonNode schema, JsonNode found) {
        List<String> choices =
                schema.get("enum").valueStream().map(JsonNode::asText).toList();
        String wanted = choices.size() == 1 ? "'" + choices.getFirst() + "'" : "one of " + String.join(", ", choices);
        if (!found.isTextual()) {
            return sentence(wanted, found(found), "write one of them");
        }
        String later = LATER.get(path.last().getMatchingProperty() + ": " + found.asText());
        if (later != null) {
            return sentence(wanted, "'" + found.asText() + "', which is not in this version", later);
        }
        String hint = Closest.to(found.asText(), choices)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("write one of them");
        return sentence(wanted, Text.quoted(found.asText()), hint);
    }

    private static String wanted(JsonNode schema) {
        if (schema.has("enum")) {
            return "one of "
                    + schema.get("enum").valueStream().map(JsonNode::asText).collect(Collectors.joining(", "));
        }
        return switch (schema.path("type").asText("")) {
            case "object" -> "an object with the keys " + keys(schema);
            case "array" -> "a list";
            case "integer" ->
                "a whole number from " + schema.get("minimum").asInt() + " to "
                        + schema.get("maximum").asInt();
            default -> text(schema).map(Text::wanted).orElse("another value");
        };
    }

    private static String hint(JsonNode schema) {
        return switch (schema.path("type").asText("")) {
            case "object" -> "write its keys, or leave it out where it is optional";
            case "array" -> "write a list, with a '-' before each item or in brackets";
            case "integer" -> "write digits without quotes";
            default ->
                text(schema)
                        .map(text -> text.hint() + "; put a text that looks like a number in quotes")
                        .orElse("write one of them");
        };
    }

    /** What was found, without what may be a secret in the wrong place. */
    private static String found(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "a text";
            case NUMBER -> "the number " + Text.quoted(node.asText()).replace("'", "");
            case BOOLEAN -> node.asText();
            default -> "nothing";
        };
    }

    private static Optional<Text> text(JsonNode schema) {
        return Optional.ofNullable(schema.get("format"))
                .map(format -> Text.valueOf(format.asText().substring(SpecSchema.FORMAT.length())));
    }

    private static String keys(JsonNode schema) {
        return String.join(", ", names(schema));
    }

    private static List<String> names(JsonNode schema) {
        return schema.path("properties").propertyStream().map(Map.Entry::getKey).toList();
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    static String sentence(String wanted, String found, String hint) {
        return "Expected " + wanted + ", but found " + found + "; " + hint;
    }

    private static String inside(JsonPointer path, String key) {
        // A key that is not worth showing is reported at the object that has it.
        return key.length() <= 100 && Text.LINE.accepts(key)
                ? path.appendProperty(key).toString()
                : path.toString();
    }
}
