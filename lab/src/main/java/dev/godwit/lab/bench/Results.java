package dev.godwit.lab.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What has been measured, as a document with a section for each benchmark. */
final class Results {
    /** Where they are kept, from the top of the repository. */
    static final String DOCUMENT = "docs/benchmarks.md";

    private static final String INTRODUCTION = """
            # Benchmarks

            Measured by `./godwit bench`, which anybody can run again. `--write` puts its results here,
            each benchmark's in the place of its former ones.

            What is compared takes turns in one run. A figure with × is Godwit's time divided by the
            other's, in the same round.
            """;

    private static final String HEAD = """
            | measure | figure | goal | reached | median; range; measurements |
            | --- | --- | --- | --- | --- |
            """;

    private static final String SECTION = "## ";
    private static final Pattern SECTIONS = Pattern.compile("^" + SECTION, Pattern.MULTILINE);

    private static final Pattern TOO_LONG = Pattern.compile("(.{1,160})(?: |$)");

    private Results() {}

    /**
     * One benchmark's share.
     *
     * @param name the benchmark's
     * @param words what it does
     * @param where date, machine, and the versions of what took part
     */
    record Part(String name, String words, List<Figure> figures, String where) {
        String table() {
            return HEAD + figures.stream().map(Figure::row).collect(Collectors.joining("\n"));
        }

        /** A text in lines that fit a document, each with its end. */
        private static String lines(String text) {
            return TOO_LONG.matcher(text).replaceAll("$1\n");
        }

        private String section() {
            return name + "\n\n" + lines(Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".") + "\n"
                    + table() + "\n\n" + lines(where);
        }
    }

    /**
     * The document with a part in the place of its former one.
     *
     * @param document what is there; may be empty
     * @param order names of benchmarks, as they follow each other; what is there of others is left out
     */
    static String with(String document, List<String> order, Part part) {
        Map<String, String> sections = new TreeMap<>();
        SECTIONS.splitAsStream(document)
                .skip(1)
                .forEach(section ->
                        sections.put(section.lines().findFirst().orElse("").strip(), section));
        sections.put(part.name(), part.section());
        return INTRODUCTION
                + order.stream()
                        .filter(sections::containsKey)
                        .map(name ->
                                "\n" + SECTION + sections.getOrDefault(name, "").stripTrailing() + "\n")
                        .collect(Collectors.joining());
    }
}
