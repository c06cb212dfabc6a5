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

/** Whether Godwit ends many plans and migrations with the heap that it began with. */
final class HeapBenchmark implements Benchmark {
    /** What is loaded and kept once is there after so many. */
    static final int WARM_UP = 20;

    /** In MB. Each migration may leave next to nothing: a few kilobytes would end a process of 256 MB within months. */
    static final double MOST_GROWTH = 8;

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
                + " before are not counted. It fails if the heap has"
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
            run(godwit.api(), client, "heap", rounds);
            Heap after = Heap.of(godwit.pid());
            String work = rounds + " plans and migrations";
            after.requireNoMoreThan(before, MOST_GROWTH, work);
            return figures(before, after, work);
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

    private static void run(GodwitApi api, Client client, String name, int count)
            throws IOException, InterruptedException {
        try (ExecutorService operators = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> moves = new ArrayList<>();
            for (int number = 1; number <= count; number++) {
                String spec = spec(name + "-" + number + ".example.org");
                moves.add(operators.submit(() -> move(api, client, spec)));
            }
            for (Future<?> move : moves) {
                move.get();
            }
        } catch (ExecutionException e) {
            throw new LabException(ExitCode.FAILURE, "Expected migrations that end, but found " + e.getCause(), e);
        }
    }

    private static Void move(GodwitApi api, Client client, String spec) throws IOException, InterruptedException {
        api.plan(spec);
        String id = client.start(spec);
        api.follow(id, PATIENCE, view -> {}, view -> view.outcome() != null);
        return null;
    }

    private static String spec(String service) {
        return Bench.spec(service)
                .replace("gates: { cutover: approval }", "gates: { cutover: none }")
                .replaceFirst("soak: \\S+", "soak: 1s");
    }
}
