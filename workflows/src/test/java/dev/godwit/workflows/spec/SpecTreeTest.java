package dev.godwit.workflows.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.workflows.spec.SpecReader.Format;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecTreeTest {
    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldRefuseAKeySaidTwiceAtItsPath(Format format) {
        List<SpecProblem> problems = problems(
                "{\"source\": {\"host\": \"a\", \"host\": \"b\"}, \"soak\": \"1d\", \"soak\": \"1d\"}", format);

        assertThat(problems).extracting(SpecProblem::path).containsExactly("/source/host", "/soak");
        assertThat(problems.getFirst().message()).contains("every key once", "line 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: &x [1]\nb: *x",
                "a: &x {b: *x}",
                "a: *x",
                "a: !!binary aGVsbG8=",
                "a: !ruby/object:Kernel {}",
                "<<: *x",
                "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]"
            })
    void shouldRefuseAliasesAndTags(String yaml) {
        assertThat(problems(yaml, Format.YAML))
                .first()
                .satisfies(problem -> assertThat(problem.message()).containsAnyOf("plain YAML", "cannot be read"));
    }

    @Test
    void shouldRefuseASecondDocument() {
        assertThat(problems("service: a\n---\nservice: b\n", Format.YAML)
                        .getFirst()
                        .message())
                .contains("one document", "write one spec only");
        assertThat(problems("{} {}", Format.JSON).getFirst().message()).contains("one document");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldRefuseWhatIsNestedDeeply(Format format) {
        for (int depth : List.of(21, 100, 50_000)) {
            assertThat(problems("[".repeat(depth) + "]".repeat(depth), format)
                            .getFirst()
                            .message())
                    .containsAnyOf("levels deep", "cannot be read");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|found nothing",
                "# nothing|found nothing",
                "null|an object with the keys service",
                "~|an object with the keys service",
                "hello|an object with the keys service",
                "42|an object with the keys service",
                "[a]|an object with the keys service",
                "'a: b: c'|line 1, column 5",
                "'a: \"b'|cannot be read",
                "'{a: b'|cannot be read",
                "'? [a]'|cannot be read",
                "'a: 0x'|only the keys"
            })
    void shouldSayWhatIsWrongWithYamlThatIsNoSpec(String yaml, String words) {
        assertThat(problems(yaml, Format.YAML))
                .anySatisfy(problem -> assertThat(problem.message()).contains(words));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"a\":}",
                "{a: 1}",
                "{\"a\": 1,}",
                "{'a': 1}",
                "{\"a\": 01}",
                "{\"a\": NaN}",
                "\u0000",
                "{//\n}"
            })
    void shouldSayWhereJsonCannotBeRead(String json) {
        assertThat(problems(json, Format.JSON).getFirst().message())
                .startsWith("Expected a JSON object, but found what cannot be read as one at line 1");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldNotRepeatTheDocumentWhenItCannotBeRead(Format format) {
        SpecException refusal = catchThrowableOfType(
                SpecException.class, () -> SpecReader.read("{\"password\": hunter2 \"hunter2\": hunter2: ]", format));

        assertThat(refusal).isNotNull().hasMessageNotContaining("hunter2").hasNoCause();
    }

    @Test
    void shouldReadNumbersThatDoNotFitWithoutStrain() {
        assertThat(problems("{\"soak\": 1e999999999, \"x\": " + "9".repeat(99) + "}", Format.JSON))
                .extracting(SpecProblem::path)
                .contains("/soak");
        assertThat(problems("soak: 0x" + "f".repeat(5000), Format.YAML)).isNotEmpty();
        assertThat(problems("soak: .nan\ndatabases: .inf", Format.YAML)).isNotEmpty();
    }

    @Test
    void shouldTakeYamlWordsAsTheyStand() {
        // YAML 1.1 read 'on' and 'no' as booleans; a hook's key is 'on'.
        assertThat(SpecTree.parse("on: no", Format.YAML).at("/on").asText()).isEqualTo("no");
    }

    /** Thousands of documents with a few letters wrong, always the same ones. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void shouldAnswerAnyTextWithASpecOrItsProblems(Format format) {
        String good = Specs.resource(format == Format.YAML ? "shop.yaml" : "shop.json");
        String letters = "{}[]:,-#&*!|>'\"%@`?~ \n\t\\0xeE.+_<=\u0000\u00e4\ud83d";
        Random random = new Random(4711);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder(good);
            for (int change = 0; change <= random.nextInt(4); change++) {
                int at = random.nextInt(text.length());
                char letter = letters.charAt(random.nextInt(letters.length()));
                switch (random.nextInt(4)) {
                    case 0 -> text.insert(at, letter);
                    case 1 -> text.setCharAt(at, letter);
                    case 2 -> text.deleteCharAt(at);
                    default -> text.setLength(Math.max(10, at));
                }
            }
            try {
                assertThat(SpecReader.read(text.toString(), format)).isNotNull();
            } catch (SpecException e) {
                refused++;
                assertThat(e.problems()).isNotEmpty();
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    private static List<SpecProblem> problems(String document, Format format) {
        SpecException refusal = catchThrowableOfType(SpecException.class, () -> SpecReader.read(document, format));
        assertThat(refusal).isNotNull();
        return refusal.problems();
    }
}
