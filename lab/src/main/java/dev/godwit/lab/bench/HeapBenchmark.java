package dev.godwit.lab.bench;

import dev.godwit.lab.ExitCode;
import dev.godwit.lab.GodwitApi;
import dev.godwit.lab.GodwitProcess;
import dev.godwit.lab.IdleHands;
import dev.godwit.lab.LabException;
import dev.godwit.lab.bench.Series.Unit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Whether Godwit ends many plans and migrations with the heap that it began with, and whether each of them, begun right
 * after another one's end, is taken at once.
 */
final class HeapBenchmark implements Benchmark {
    /** What is loaded and kept once is there after so many. */
    static final int WARM_UP = 20;

    /** In MB. Each migration may leave next to nothing: a few kilobytes would end a process of 256 MB within months. */
    static final double MOST_GROWTH = 8;

    /** In seconds, on a busy machine. A task of a workflow that waits for a poll to end waits for up to a minute. */
    private static final double SLOWEST = 5;

    private static final int AT_ONCE = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public String words() {
        return "what Godwit holds in its heap after a full collection, before and after as many plans and migrations to"
                + " their end as said below, " + AT_ONCE + " at once, whose activities do nothing ("
                + IdleHands.class.getSimpleName() + "); " + WARM_UP
                + " before are not counted. Each begins right after another has ended. It fails if the heap has"
                + " grown by more than " + Unit.MEGABYTES.shown(MOST_GROWTH);
    }

    @Override
    public int rounds() {
        return 300;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        try (GodwitProcess godwit = bench.idle(Duration.ZERO);
                Client client = new Client(godwit)) {
            run(godwit.api(), client, "warm-up", WARM_UP);
            Heap before = Heap.of(godwit.pid());
            List<Took> took = run(godwit.api(), client, "heap", rounds);
            Heap after = Heap.of(godwit.pid());
            String work = rounds + " plans and migrations";
            after.requireNoMoreThan(before, MOST_GROWTH, work);
            return Stream.concat(figures(before, after, work).stream(), Took.figures(took).stream())
                    .toList();
        }
    }

    static List<Figure> figures(Heap before, Heap after, String work) {
        return List.of(
                Figure.shown("heap at the beginning", new Series(List.of(before.megabytes()), Unit.MEGABYTES)),
                Figure.longest(
                        "heap after " + work,
                        new Series(List.of(after.megabytes()), Unit.MEGABYTES),
                        before.megabytes() + MOST_GROWTH));
    }

    /** In seconds: a plan, and a migration from its start to its end. */
    private record Took(double plan, double migration) {
        static List<Figure> figures(List<Took> all) {
            Series plans = new Series(all.stream().map(Took::plan).toList(), Unit.SECONDS);
            Series migrations = new Series(all.stream().map(Took::migration).toList(), Unit.SECONDS);
            return List.of(
                    Figure.longest("the slowest of these plans", plans, SLOWEST),
                    Figure.longest("the slowest of these migrations, with a soak of 1 s", migrations, 2 * SLOWEST));
        }
    }

    private static List<Took> run(GodwitApi api, Client client, String name, int count)
            throws IOException, InterruptedException {
        try (ExecutorService operators = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Took>> moves = new ArrayList<>();
            for (int number = 1; number <= count; number++) {
                String spec = spec(name + "-" + number + ".example.org");
                moves.add(operators.submit(() -> move(api, client, spec)));
            }
            List<Took> took = new ArrayList<>();
            for (Future<Took> move : moves) {
                took.add(move.get());
            }
            return took;
        } catch (ExecutionException e) {
            throw new LabException(ExitCode.FAILURE, "Expected migrations that end, but found " + e.getCause(), e);
        }
    }

    private static Took move(GodwitApi api, Client client, String spec) throws IOException, InterruptedException {
        long began = System.nanoTime();
        api.plan(spec);
        long planned = System.nanoTime();
        String id = client.start(spec);
        api.follow(id, PATIENCE, view -> {}, view -> view.outcome() != null);
        return new Took((planned - began) / 1e9, (System.nanoTime() - planned) / 1e9);
    }

    private static String spec(String service) {
        return Bench.spec(service)
                .replace("gates: { cutover: approval }", "gates: { cutover: none }")
                .replaceFirst("soak: \\S+", "soak: 1s");
    }
}
