package dev.godwit.lab.bench;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import dev.godwit.lab.Await;
import dev.godwit.lab.ExitCode;
import dev.godwit.lab.GodwitApi;
import dev.godwit.lab.GodwitProcess;
import dev.godwit.lab.LabException;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.migration.StepState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a step takes besides its work: from the workflow by way of the engine to an activity that returns at once, and
 * back, until the next step begins.
 */
final class StepsBenchmark implements Benchmark {
    /** As many as a spec may have. */
    private static final int HOOKS = 100;

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Override
    public String name() {
        return "steps";
    }

    @Override
    public String words() {
        return "Godwit's own time for a step that does nothing, on its own engine, from the beginning of a hook's step"
                + " to that of the next. Migrations with " + HOOKS
                + " hooks, whose activities return at once, run one after"
                + " the other. The first migration loads classes and is not counted";
    }

    @Override
    public int rounds() {
        // Each gives an interval less than it has hooks, and there shall be more than 500.
        return 6;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        try (GodwitProcess godwit = bench.idle(Duration.ZERO);
                Client client = new Client(godwit)) {
            // The first migration of a process loads classes; a service is not moved by the second one.
            steps(godwit.api(), client, 0);
            for (int round = 1; round <= rounds; round++) {
                times.addAll(steps(godwit.api(), client, round));
            }
        }
        Series series = new Series(times, Unit.MILLISECONDS);
        String what = "a step that does nothing, of " + times.size();
        return List.of(Figure.median(what, series, 20), Figure.longest(what, series, 100));
    }

    private static List<Double> steps(GodwitApi api, Client client, int number)
            throws IOException, InterruptedException {
        String id = client.start(spec(number));
        // To its end: nothing of it shall be at work while the next one is measured.
        if (!Await.until(PATIENCE, Duration.ofMillis(500), () -> status(api, id).outcome() != null)) {
            throw new LabException(ExitCode.FAILURE, "Expected " + id + " to end, but found " + status(api, id));
        }
        List<StepView> done = status(api, id).steps().stream()
                .filter(step -> step.id().contains("hook") && step.state() == StepState.DONE)
                .toList();
        if (done.size() != HOOKS) {
            throw new LabException(ExitCode.FAILURE, "Expected " + HOOKS + " hooks to be done, but found " + done);
        }
        List<Instant> begins = done.stream()
                .flatMap(step -> Optional.ofNullable(step.startedAt()).stream())
                .toList();
        return IntStream.range(1, begins.size())
                .mapToObj(step ->
                        Duration.between(begins.get(step - 1), begins.get(step)).toNanos() / 1e6)
                .toList();
    }

    private static MigrationView status(GodwitApi api, String id) {
        try {
            return api.status(id);
        } catch (IOException e) {
            throw new LabException(ExitCode.FAILURE, "Expected a status, but found " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException(ExitCode.FAILURE, "Interrupted", e);
        }
    }

    private static String spec(int number) {
        StringBuilder spec = new StringBuilder(Bench.spec("steps-" + number + ".example.org")
                .replace("gates: { cutover: approval }", "gates: { cutover: none }")
                .replaceFirst("soak: \\S+", "soak: 1s"));
        spec.append("hooks:\n");
        for (int hook = 0; hook <= HOOKS - 1; hook++) {
            spec.append("  - { phase: REHEARSE, on: source, run: \"true\" }\n");
        }
        return spec.toString();
    }
}
