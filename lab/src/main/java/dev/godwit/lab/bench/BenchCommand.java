package dev.godwit.lab.bench;

import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import dev.godwit.lab.LabHost;
import dev.godwit.lab.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures Godwit on this machine. */
@Command(
        name = "bench",
        description = {
            "Measures what Godwit takes on this machine: a copy, a file pass, a step, the outage, a start, its heap. What it is"
                    + " compared with takes turns with it, in the same run. Measure on a machine that does nothing else.",
            "A goal that is missed is a figure, not a failure; but a heap that grows is one."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:everything was measured",
            "1:something broke on the way, or the heap has grown",
            "2:the command line is wrong",
            "3:this machine cannot hold the lab"
        })
public final class BenchCommand implements Callable<Integer> {
    static final List<Benchmark> ALL = List.of(
            new CopyBenchmark(),
            new FilesBenchmark(),
            new OutageBenchmark(),
            new StepsBenchmark(),
            new StartBenchmark(),
            new AcceptBenchmark(),
            new HeapBenchmark(),
            new LabHeapBenchmark());

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "What to measure: copy, files, outage, steps, start, accept, heap, heap-lab. Default: all of"
                    + " it.")
    private List<String> names = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "How often to measure. Default: each its own number.")
    private @Nullable Integer rounds;

    @Option(
            names = "--write",
            description = "Write the results to " + Results.DOCUMENT + ", too, in the place of the former ones.")
    private boolean write;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Benchmark> chosen = chosen();
        if (rounds != null && rounds < 1) {
            throw new LabException(ExitCode.USAGE, "Expected at least one round, but found --rounds " + rounds);
        }
        Terminal terminal = Terminal.standard();
        Machine machine = Machine.look();
        try (Bench bench = new Bench(terminal)) {
            for (Benchmark benchmark : chosen) {
                terminal.heading(benchmark.name() + ": " + benchmark.words());
                String load = Machine.load();
                List<Figure> figures = benchmark.measure(bench, rounds == null ? benchmark.rounds() : rounds);
                String where = "%s; %s; %s; load average before: %s, after: %s."
                        .formatted(
                                LocalDate.now(ZoneOffset.UTC),
                                machine.words(),
                                String.join("; ", bench.takePrograms()),
                                load,
                                Machine.load());
                Results.Part part = new Results.Part(benchmark.name(), benchmark.words(), figures, where);
                terminal.text(part.table() + "\n\n" + where);
                if (write) {
                    write(terminal, part);
                }
            }
        }
        return ExitCode.OK;
    }

    /** At once: what has been measured outlives a later one that breaks. */
    private static void write(Terminal terminal, Results.Part part) throws IOException {
        Path document = LabHost.home().resolve(Results.DOCUMENT);
        String before = Files.exists(document) ? Files.readString(document) : "";
        List<String> order = ALL.stream().map(Benchmark::name).toList();
        Files.writeString(document, Results.with(before, order, part));
        terminal.event("written to " + Results.DOCUMENT);
    }

    private List<Benchmark> chosen() {
        for (String name : names) {
            if (ALL.stream().noneMatch(benchmark -> benchmark.name().equals(name))) {
                throw new LabException(
                        ExitCode.USAGE,
                        "Expected the name of something to measure, but found '" + name + "'; there are: "
                                + ALL.stream().map(Benchmark::name).collect(Collectors.joining(", ")));
            }
        }
        return ALL.stream()
                .filter(benchmark -> names.isEmpty() || names.contains(benchmark.name()))
                .toList();
    }
}
