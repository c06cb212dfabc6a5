package dev.godwit.lab.bench;

import dev.godwit.lab.Await;
import dev.godwit.lab.ExitCode;
import dev.godwit.lab.GodwitApi;
import dev.godwit.lab.IdleHands;
import dev.godwit.lab.LabException;
import dev.godwit.lab.LabHost;
import dev.godwit.lab.Mover;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.migration.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long {@code ./godwit up} takes until it is ready, and how much memory Godwit holds, apart from its engine. */
final class StartBenchmark implements Benchmark {
    private static final int WAITING = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** What a start leaves to be collected and loaded is over by then; there is nothing to ask for it. */
    private static final Duration REST = Duration.ofSeconds(10);

    /** The build's archive with nothing but {@link IdleHands}; the JVM puts an agent behind Godwit's own class path. */
    private static final String IDLE_HANDS = "lab/target/godwit-lab-idle-hands.jar";

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String words() {
        return "`./godwit up` on an empty data folder, until it says that it is ready, engine started. Then another"
                + " `up` on another folder, whose activities do nothing (" + IdleHands.class.getSimpleName()
                + "): its resident memory " + REST.toSeconds() + " s later, and again " + REST.toSeconds()
                + " s after the last of " + WAITING + " migrations has come to wait for an approval. The engine is a"
                + " process of its own and not counted; its memory is shown";
    }

    @Override
    public int rounds() {
        return 5;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        List<Double> atRest = new ArrayList<>();
        List<Double> waiting = new ArrayList<>();
        List<Double> engineAtRest = new ArrayList<>();
        List<Double> engineWaiting = new ArrayList<>();
        // The first start of a build writes the archive of loaded classes when it ends, so it is not counted.
        for (int round = 0; round <= rounds; round++) {
            try (Up up = Up.start(bench.folder(), List.of(), "")) {
                if (round > 0) {
                    times.add(up.seconds());
                    bench.terminal().event("round " + round + ": ready after " + up.seconds() + " s");
                }
            }
        }
        for (int round = 1; round <= rounds; round++) {
            try (Up up = Up.start(
                            bench.folder(),
                            List.of("--set", IdleHands.PROPERTY + "=0ms"),
                            "-javaagent:" + LabHost.home().resolve(IDLE_HANDS));
                    Client client = new Client(up.url(), up.tokenFile())) {
                long engine = bench.usesEngineOf(up.process().pid()).pid();
                Thread.sleep(REST);
                atRest.add(megabytes(up.process().pid()));
                engineAtRest.add(megabytes(engine));
                letWait(client, up);
                Thread.sleep(REST);
                waiting.add(megabytes(up.process().pid()));
                engineWaiting.add(megabytes(engine));
                bench.terminal()
                        .event("round " + round + ": " + atRest.getLast() + " MB, " + waiting.getLast() + " MB");
            }
        }
        return List.of(
                Figure.median("`./godwit up` to a ready API", new Series(times, Unit.SECONDS), 8),
                Figure.longest("memory of Godwit at rest", new Series(atRest, Unit.MEGABYTES), 400),
                Figure.longest(
                        "memory of Godwit with " + WAITING + " waiting migrations",
                        new Series(waiting, Unit.MEGABYTES),
                        600),
                Figure.shown("memory of the engine at rest", new Series(engineAtRest, Unit.MEGABYTES)),
                Figure.shown("memory of the engine with the same", new Series(engineWaiting, Unit.MEGABYTES)));
    }

    /**
     * Godwit by its launcher.
     *
     * @param data its folder
     * @param seconds that it took until it said that it is ready
     */
    private record Up(Process process, Path data, URI url, double seconds) implements AutoCloseable {
        private static final Pattern READY = Pattern.compile("Godwit is ready.*?(http://[^/\\s]+).*");

        static Up start(Path data, List<String> more, String javaOptions) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    LabHost.home().resolve("godwit").toString(),
                    "up",
                    "--data",
                    data.toString(),
                    "--port",
                    "0",
                    "--set",
                    "godwit.engine.port=0",
                    "--set",
                    "godwit.engine.ui-port=0"));
            command.addAll(more);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectError(data.resolve("errors.log").toFile());
            builder.environment().put("GODWIT_JAVA_OPTIONS", javaOptions);
            long begin = System.nanoTime();
            Process process = builder.start();
            BufferedReader words = process.inputReader();
            StringBuilder said = new StringBuilder();
            for (String line = words.readLine(); line != null; line = words.readLine()) {
                said.append(line).append('\n');
                Matcher ready = READY.matcher(line);
                if (ready.matches()) {
                    double seconds = (System.nanoTime() - begin) / 1e9;
                    return new Up(process, data, URI.create(ready.group(1)), seconds);
                }
            }
            throw new LabException(
                    ExitCode.FAILURE,
                    "Expected ./godwit up to say that it is ready, but found: " + said
                            + Files.readString(data.resolve("errors.log")));
        }

        Path tokenFile() {
            return data.resolve("tokens").resolve("admin");
        }

        @Override
        public void close() {
            List<ProcessHandle> below = process.descendants().toList();
            process.destroy();
            try {
                if (!process.waitFor(1, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
            below.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void letWait(Client client, Up up) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int number = 0; number < WAITING; number++) {
            ids.add(client.start(Bench.spec("waiting-" + number + ".example.org")));
        }
        GodwitApi api = new GodwitApi(up.url(), Files.readString(up.tokenFile()).strip());
        for (String id : ids) {
            if (!Await.until(PATIENCE, Duration.ofMillis(200), () -> waits(api, id))) {
                throw new LabException(
                        ExitCode.FAILURE, "Expected " + id + " to wait for an approval, but it does not");
            }
        }
    }

    private static boolean waits(GodwitApi api, String id) {
        try {
            return Mover.waitsFor(api.status(id), Waiting.For.APPROVAL);
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
