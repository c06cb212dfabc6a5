package dev.godwit.lab.bench;

import dev.godwit.lab.GodwitProcess;
import dev.godwit.lab.bench.Series.Unit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a start takes until it is accepted, while fifty come in every second. Each is due at its own moment, whatever
 * became of the one before: an answer that is late does not spare the ones behind it their wait.
 */
final class AcceptBenchmark implements Benchmark {
    private static final int PER_SECOND = 50;
    private static final int SECONDS = 10;
    private static final long PAUSE = 1_000_000_000L / PER_SECOND;

    /** A Godwit that takes so many starts has been up for a while: its classes are loaded and compiled. */
    private static final int WARM = 100;

    /** A look through ssh takes about this long; the migrations that were accepted are at work meanwhile. */
    private static final Duration ACTIVITY = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "accept";
    }

    @Override
    public String words() {
        return PER_SECOND + " starts a second for " + SECONDS + " s, each of another service, with the demo's spec. The"
                + " migrations go to work at once, and each of their activities takes " + ACTIVITY.toSeconds()
                + " s. Each round has a Godwit of its own. " + WARM
                + " starts before, one after another, are not counted";
    }

    @Override
    public int rounds() {
        return 3;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            bench.terminal().event("round " + (round + 1));
            try (GodwitProcess godwit = bench.idle(ACTIVITY);
                    Client client = new Client(godwit)) {
                for (int number = 0; number < WARM; number++) {
                    client.start(Bench.spec("warm-" + number + ".example.org"));
                }
                all.addAll(burst(bench, client, PER_SECOND * SECONDS));
            }
        }
        return List.of(Figure.p99(
                "a start accepted, at " + PER_SECOND + " a second", new Series(all, Unit.MILLISECONDS), 100));
    }

    private static List<Double> burst(Bench bench, Client client, int starts) {
        List<CompletableFuture<Double>> answers = new ArrayList<>();
        Queue<String> refused = new ConcurrentLinkedQueue<>();
        long begin = System.nanoTime();
        for (int number = 0; number < starts; number++) {
            long due = begin + number * PAUSE;
            String spec = Bench.spec("accept-" + number + ".example.org");
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            // A start that is refused was never accepted, however long one waits.
            answers.add(client.startSoon(spec).handle((answer, failure) -> {
                if (failure == null && Client.isStarted(answer)) {
                    return (System.nanoTime() - due) / 1e6;
                }
                refused.add(failure == null ? answer.statusCode() + " " + answer.body() : failure.toString());
                return Double.POSITIVE_INFINITY;
            }));
        }
        List<Double> times = answers.stream().map(CompletableFuture::join).toList();
        if (!refused.isEmpty()) {
            bench.terminal().event(refused.size() + " were refused, the first by: " + refused.peek());
        }
        return times;
    }
}
