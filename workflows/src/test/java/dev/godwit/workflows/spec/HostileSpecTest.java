package dev.godwit.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.godwit.workflows.json.GodwitJson;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a shell, a path or a configuration file would take for more than a text, in every field of a spec: it is refused
 * with the field's path, or it arrives as it was written.
 */
class HostileSpecTest {
    private static final List<String> HOSTILE = List.of(
            "'; touch /tmp/godwit; '",
            "\"; touch /tmp/godwit; \"",
            "$(touch /tmp/godwit)",
            "`touch /tmp/godwit`",
            "a && b || c | d > e < f & g",
            "*?[a]{b,c}~",
            "a\nb",
            "a\rb",
            "a\tb",
            "a\0b",
            "\u001b[2J",
            "\u202eb",
            "a b",
            "a\\b",
            "%s%n$0",
            "..",
            "../../etc/passwd",
            "/srv/../etc",
            "/srv/$(touch /tmp/godwit); `id` 'a' \"b\" *?[c]{d,e} ~ & | < > # \\ %s -rf",
            "/srv/a; } location / { return 200; } #",
            "/srv/a\nb",
            "-rf",
            "--delete",
            "",
            " ",
            "secret:../tsig",
            "x".repeat(10_000));

    /** Every place of a text in the document that uses every key. */
    static Stream<String> fields() {
        return places("", Specs.shop());
    }

    private static Stream<String> places(String path, JsonNode node) {
        if (node.isObject()) {
            return node.propertyStream().flatMap(entry -> places(path + "/" + entry.getKey(), entry.getValue()));
        }
        if (node.isArray()) {
            return IntStream.range(0, node.size())
                    .boxed()
                    .flatMap(index -> places(path + "/" + index, node.get(index)));
        }
        return node.isTextual() ? Stream.of(path) : Stream.empty();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void shouldRefuseWithItsPathOrCarryThroughUnchanged(String field) {
        for (String text : HOSTILE) {
            try {
                Spec read = SpecReader.read(Specs.shop(field, TextNode.valueOf(text)));
                JsonNode carried = GodwitJson.mapper().valueToTree(read).at(field);
                assertThat(carried.asText()).as("%s as it was written", field).isEqualTo(text);
            } catch (SpecException refused) {
                assertThat(refused.problems())
                        .as("'%s' refused", text)
                        .extracting(SpecProblem::path)
                        .contains(field);
            }
        }
    }

    @Test
    void shouldTryFieldsOfEveryPart() {
        assertThat(fields())
                .contains(
                        "/service",
                        "/source/ssh/user",
                        "/hooks/0/run",
                        "/files/0/exclude/0",
                        "/dns/provider/rfc2136/key")
                .hasSizeGreaterThan(30);
    }
}
