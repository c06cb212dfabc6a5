package dev.godwit.workflows.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.PathType;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.notation.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads specs. All problems of a document are reported at once; only a text that is no document at all, or says a key
 * twice, is refused before the rest is looked at.
 */
public final class SpecReader {
    private static final int MOST_PROBLEMS = 200;
    private static final Schema SCHEMA = schema();

    private SpecReader() {}

    /** How a spec is written down. */
    public enum Format {
        YAML,
        JSON
    }

    /**
     * Reads a spec. The caller has seen to its size.
     *
     * @throws SpecException with every problem
     */
    public static Spec read(String document, Format format) {
        return read(SpecTree.parse(document, format));
    }

    /**
     * Reads a document that a spec may be part of, as strictly as a spec: no key twice, nothing that only YAML has.
     *
     * @throws SpecException if it cannot be read, with the line and the column
     */
    public static JsonNode tree(String document, Format format) {
        return SpecTree.parse(document, format);
    }

    /**
     * Reads a spec that is part of a larger document. The caller has seen to its size, and that no key comes twice.
     *
     * @throws SpecException with every problem; the paths start at this node
     */
    public static Spec read(JsonNode document) {
        List<SpecProblem> problems = new ArrayList<>(SpecSentences.of(SCHEMA.validate(document)));
        problems.addAll(SpecRules.problems(document));
        if (!problems.isEmpty()) {
            throw new SpecException(limited(problems));
        }
        try {
            return GodwitJson.mapper().treeToValue(document, Spec.class);
        } catch (JsonProcessingException e) {
            // The message may quote the document, so it is neither shown nor kept.
            throw refused("Expected a spec that fits its records, but found one that does not, though it is valid;"
                    + " this is a bug of Godwit: please report it");
        }
    }

    private static List<SpecProblem> limited(List<SpecProblem> problems) {
        List<SpecProblem> sorted = problems.stream()
                .distinct()
                .sorted(Comparator.comparing(SpecProblem::path))
                .toList();
        if (sorted.size() <= MOST_PROBLEMS) {
            return sorted;
        }
        SpecProblem rest = new SpecProblem(
                "", "Expected a spec without problems, but found " + sorted.size() + "; these are the first");
        return Stream.concat(sorted.stream().limit(MOST_PROBLEMS), Stream.of(rest))
                .toList();
    }

    static SpecException refused(String message) {
        return new SpecException(List.of(new SpecProblem("", message)));
    }

    private static Schema schema() {
        Dialect dialect = Dialect.builder(Dialects.getDraft202012())
                .formats(formats -> {
                    for (Text text : Text.values()) {
                        formats.put(SpecSchema.FORMAT + text, new TextFormat(text));
                    }
                })
                .build();
        return SchemaRegistry.withDialect(
                        dialect,
                        registry -> registry.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .pathType(PathType.JSON_POINTER)
                                .losslessNarrowing(true)
                                .build()))
                .getSchema(SpecSchema.strict());
    }

    private record TextFormat(Text text) implements com.networknt.schema.format.Format {
        @Override
        public String getName() {
            return SpecSchema.FORMAT + text;
        }

        @Override
        public boolean matches(com.networknt.schema.ExecutionContext context, String value) {
            return text.accepts(value);
        }
    }
}
