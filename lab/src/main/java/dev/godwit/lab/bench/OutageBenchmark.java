package dev.godwit.lab.bench;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import dev.godwit.lab.DemoSpec;
import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import dev.godwit.lab.LabHost;
import dev.godwit.lab.LabLock;
import dev.godwit.lab.LabSession;
import dev.godwit.lab.Move;
import dev.godwit.lab.Rows;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The outage of the demo's move, without the last copies themselves: stop, fence, verify, start, pivot. */
final class OutageBenchmark implements Benchmark {
    private static final Pattern WAITED = Pattern.compile("waited (\\S+) for the end of that");

    @Override
    public String name() {
        return "outage";
    }

    @Override
    public String words() {
        return "the demo's move of a live shop with a database of more than 1.1 GB, and with one of 20 MB, with every"
                + " check of the demo's. Measured are the time with the page up, as Godwit takes it, without the last"
                + " copies of database and files, and the time of each step within it. While the final copy builds its"
                + " indexes, rows and checksums of both servers are counted, and the copy waits for the end of the"
                + " count. That wait counts as beyond the copy";
    }

    @Override
    public int rounds() {
        return 3;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>(measure(bench, rounds, Rows.FULL, "1.1 GB"));
        figures.addAll(measure(bench, rounds, Rows.SMALL, "20 MB"));
        return figures;
    }

    private static List<Figure> measure(Bench bench, int rounds, Rows rows, String size)
            throws IOException, InterruptedException {
        List<Double> beyond = new ArrayList<>();
        List<Double> whole = new ArrayList<>();
        List<Double> met = new ArrayList<>();
        List<Double> counting = new ArrayList<>();
        Map<String, List<Double>> steps = new TreeMap<>();
        for (int round = 0; round < rounds; round++) {
            Move move = move(bench, rows);
            MigrationView end = move.end();
            met.add(move.writeStall());
            Duration outage = end.outage();
            if (outage == null) {
                throw new LabException(ExitCode.FAILURE, "Expected a measured outage, but found " + end);
            }
            // Those of one stage run at the same time: the longest counts.
            double copies = 0;
            double waits = 0;
            boolean page = false;
            for (StepView step : end.steps()) {
                page |= step.id().equals("serve-page");
                if (page) {
                    steps.computeIfAbsent(step.id(), id -> new ArrayList<>()).add(seconds(step));
                    copies = step.id().startsWith("copy-") ? Math.max(copies, seconds(step)) : copies;
                    // Verification, though the step is a copy's.
                    double waited = waited(step).orElse(0.0);
                    waits = Math.max(waits, waited);
                    if (waited > 0) {
                        counting.add(waited);
                    }
                }
                page &= !step.pivot();
            }
            whole.add(outage.toMillis() / 1e3);
            beyond.add(outage.toMillis() / 1e3 - copies + waits);
        }
        List<Figure> figures = new ArrayList<>(List.of(
                Figure.median("page outage beyond the last copies, " + size, new Series(beyond, Unit.SECONDS), 3),
                Figure.shown(
                        "of that, the last copy waiting for the end of the count, " + size,
                        new Series(counting, Unit.SECONDS)),
                Figure.shown("the whole outage, " + size, new Series(whole, Unit.SECONDS)),
                Figure.shown(
                        "the client's longest time without an acknowledged write, " + size,
                        new Series(met, Unit.SECONDS))));
        steps.forEach((id, seconds) -> figures.add(Figure.shown(size + ": " + id, new Series(seconds, Unit.SECONDS))));
        return figures;
    }

    private static Move move(Bench bench, Rows rows) throws IOException, InterruptedException {
        LabLock lock = LabLock.take(bench.terminal());
        new LabHost().down();
        try (LabSession session = LabSession.open(bench.terminal(), lock, rows, DemoSpec.TTL, Map.of())) {
            bench.usesEngineOf(session.engineParent());
            Move move = Move.whole(session, bench.terminal(), Duration.ZERO);
            if (!move.failed().isEmpty()) {
                throw new LabException(
                        ExitCode.FAILURE, "Expected a move that passes every check, but found " + move.failed());
            }
            return move;
        }
    }

    /** What a copy says that it waited for the count of both sides, when everything was copied. */
    private static Optional<Double> waited(StepView step) {
        return Optional.ofNullable(step.note())
                .map(WAITED::matcher)
                .filter(Matcher::find)
                .map(found -> Durations.parse(found.group(1)).toMillis() / 1e3);
    }

    private static double seconds(StepView step) {
        return step.startedAt() == null || step.endedAt() == null
                ? 0
                : Duration.between(step.startedAt(), step.endedAt()).toMillis() / 1e3;
    }
}
