package dev.godwit.activities.proxy.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.activities.proxy.nginx.ConfigReader.Malformed;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigReaderTest {
    static List<String> realWorldConfigurations() {
        return List.of(
                Configs.DEBIAN_DEFAULT, Configs.FORWARD, Configs.WITH_MAP_AND_UPSTREAM, Configs.PHP, Configs.SHOP);
    }

    @ParameterizedTest
    @MethodSource("realWorldConfigurations")
    void shouldLoseNothingButWhatIsBetweenDirectives(String text) throws Malformed {
        StringBuilder rebuilt = new StringBuilder();
        int end = 0;
        for (Directive directive : ConfigReader.read(text)) {
            String between = text.substring(end, directive.start());
            assertThat(between.lines().map(String::strip).filter(line -> !line.isEmpty()))
                    .allMatch(line -> line.startsWith("#"));
            rebuilt.append(between).append(directive.text());
            end = directive.end();
        }
        assertThat(rebuilt.append(text.substring(end))).hasToString(text);
    }

    @ParameterizedTest
    @MethodSource("realWorldConfigurations")
    void shouldReadTheSameFromTheTextOfEachDirective(String text) throws Malformed {
        for (Directive directive : ConfigReader.read(text)) {
            Directive again = ConfigReader.read(directive.text()).getFirst();
            assertThat(words(again)).isEqualTo(words(directive));
        }
    }

    private static String words(Directive directive) {
        return directive.deep().map(each -> each.words().toString()).collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    a b c;                        | [a, b, c]
                    a "b c" 'd e';                | [a, b c, d e]
                    a "it's" 'say "hi"';          | [a, it's, say "hi"]
                    a "b\\"c" d\\"e;              | [a, b"c, d"e]
                    a b#c;                        | [a, b#c]
                    a ~ ^/x\\d+\\.php$;           | [a, ~, ^/x\\d+\\.php$]
                    a ${b}c "${d}";               | [a, ${b}c, ${d}]
                    a it's;                       | [a, it's]
                    a "";                         | [a, ]
                    """)
    void shouldReadWordsAsNginxDoes(String text, String words) throws Malformed {
        assertThat(ConfigReader.read(text).getFirst().words()).hasToString(words);
    }

    @Test
    void shouldSkipCommentsWithBracesAndQuotes() throws Malformed {
        List<Directive> read = ConfigReader.read("# } \" ;\na { # {\n b; #'\n}\n# c");
        assertThat(read).hasSize(1);
        assertThat(read.getFirst().block()).extracting(Directive::name).containsExactly("b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    a b                        | line 1: found the end of the file inside a directive
                    a { b;                     | line 1: found the end of the file inside a block
                    a; }                       | line 1: found a '}' that closes nothing
                    a "b;                      | line 1: found a quote that is never closed
                    a "b"c;                    | line 1: found 'c' right after a closing quote
                    ;                          | line 1: found ';'
                    { a; }                     | line 1: found '{'
                    a { b }                    | line 1: found '}'
                    content_by_lua_block { x } | line 1: found content_by_lua_block, whose content is not nginx's language
                    """)
    void shouldRefuseWhatNginxRefuses(String text, String message) {
        assertThatThrownBy(() -> ConfigReader.read(text))
                .isInstanceOf(Malformed.class)
                .hasMessage(message);
    }

    @Test
    void shouldNameTheLine() {
        assertThatThrownBy(() -> ConfigReader.read("a;\nb;\n}\n")).hasMessageStartingWith("line 3:");
    }
}
