package dev.godwit.lab.bench;

import java.util.List;
import java.util.stream.Collectors;

/** What a run has measured, as a document. */
record Results(Machine machine, List<Part> parts) {
    private static final String HEAD = """
            | measure | figure | goal | reached | median; range; measurements |
            | --- | --- | --- | --- | --- |
            """;

    /**
     * One benchmark's share.
     *
     * @param load the machine's load average just before it
     */
    record Part(Benchmark benchmark, List<Figure> figures, String load) {
        String table() {
            return HEAD + figures.stream().map(Figure::row).collect(Collectors.joining("\n"));
        }
    }

    String document() {
        String rows = parts.stream()
                .flatMap(part -> part.figures().stream())
                .map(Figure::row)
                .collect(Collectors.joining("\n"));
        String how = parts.stream()
                .map(part -> "- **" + part.benchmark().name() + "** (load average before it: " + part.load() + "): "
                        + part.benchmark().words() + ".")
                .collect(Collectors.joining("\n"));
        return """
                # Benchmarks

                Measured by `./godwit bench`, which anybody can run again; `--write` puts the results here.

                %s

                %s%s

                ## How

                What is compared takes turns with it in one run: a figure with × is Godwit's time divided by the other's, in the same round.

                %s
                """.formatted(machine.words(), HEAD, rows, how);
    }
}
