package dev.godwit.lab.bench;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.lab.Await;
import dev.godwit.lab.ExitCode;
import dev.godwit.lab.GodwitApi;
import dev.godwit.lab.GodwitProcess;
import dev.godwit.lab.LabException;
import dev.godwit.lab.LabHost;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.migration.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long {@code ./godwit up} takes until it is ready, and how much memory Godwit holds, apart from its engine. */
final class StartBenchmark implements Benchmark {
    private static final int WAITING = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** What a start leaves to be collected and loaded is over by then; there is nothing to ask for it. */
    private static final Duration REST = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String words() {
        return "./godwit up on an empty data folder, until it says that it is ready, engine started; its resident memory"
                + " " + REST.toSeconds() + " s later, and with " + WAITING
                + " migrations that wait for an approval; the engine is a process of its own and not counted";
    }

    @Override
    public int rounds() {
        return 5;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        List<Double> atRest = new ArrayList<>();
        // The first start of a build writes the archive of loaded classes when it ends, so it is not counted.
        for (int round = 0; round <= rounds; round++) {
            Up up = up(bench.folder());
            try {
                if (round > 0) {
                    times.add(up.seconds());
                    Thread.sleep(REST);
                    atRest.add(megabytes(up.process().pid()));
                }
            } finally {
                up.stop();
            }
        }
        return List.of(
                Figure.median("`./godwit up` to a ready API", new Series(times, Unit.SECONDS), 8),
                Figure.longest("memory of Godwit at rest", new Series(atRest, Unit.MEGABYTES), 400),
                Figure.longest(
                        "memory of Godwit with " + WAITING + " waiting migrations",
                        new Series(List.of(withWaiting(bench)), Unit.MEGABYTES),
                        600));
    }

    private record Up(Process process, double seconds) {
        void stop() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static Up up(Path data) throws IOException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(
                        LabHost.home().resolve("godwit").toString(),
                        "up",
                        "--data",
                        data.toString(),
                        "--port",
                        "0",
                        "--set",
                        "godwit.engine.port=0",
                        "--set",
                        "godwit.engine.ui=false")
                .redirectError(data.resolve("errors.log").toFile())
                .start();
        BufferedReader words = process.inputReader();
        for (String line = words.readLine(); line != null; line = words.readLine()) {
            if (line.startsWith("Godwit is ready")) {
                double seconds = (System.nanoTime() - begin) / 1e9;
                return new Up(process, seconds);
            }
        }
        throw new LabException(
                ExitCode.FAILURE,
                "Expected ./godwit up to say that it is ready, but found: "
                        + Files.readString(data.resolve("errors.log")));
    }

    private static double withWaiting(Bench bench) throws IOException, InterruptedException {
        try (GodwitProcess godwit = bench.idle(Duration.ZERO);
                Client client = new Client(godwit)) {
            List<String> ids = new ArrayList<>();
            for (int number = 0; number < WAITING; number++) {
                ids.add(client.start(Bench.spec("waiting-" + number + ".example.org")));
            }
            GodwitApi api = godwit.api();
            for (String id : ids) {
                if (!Await.until(PATIENCE, Duration.ofMillis(200), () -> waits(api, id))) {
                    throw new LabException(
                            ExitCode.FAILURE, "Expected " + id + " to wait for an approval, but it does not");
                }
            }
            Thread.sleep(REST);
            return megabytes(godwit.pid());
        }
    }

    private static boolean waits(GodwitApi api, String id) {
        try {
            MigrationView view = api.status(id);
            return view.waiting() != null && view.waiting().what() == Waiting.For.APPROVAL;
        } catch (IOException e) {
            throw new LabException(ExitCode.FAILURE, "Expected a status, but found " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What the kernel calls VmRSS (proc(5)). */
    private static double megabytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6)
                .findFirst()
                .orElseThrow(() -> new LabException(
                        ExitCode.FAILURE, "Expected the memory of process " + pid + ", but found none"));
    }
}
