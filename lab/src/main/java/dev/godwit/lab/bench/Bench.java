package dev.godwit.lab.bench;

import dev.godwit.lab.DemoSpec;
import dev.godwit.lab.ExitCode;
import dev.godwit.lab.GodwitProcess;
import dev.godwit.lab.IdleHands;
import dev.godwit.lab.LabEnvironment;
import dev.godwit.lab.LabException;
import dev.godwit.lab.Terminal;
import dev.godwit.workflows.spec.Budget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the benchmarks share: a place to talk, what takes part, and folders that are gone when it is closed. */
final class Bench implements AutoCloseable {
    private final Terminal terminal;
    private final Deque<Path> folders = new ArrayDeque<>();
    private final SortedSet<String> programs = new TreeSet<>();

    Bench(Terminal terminal) {
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    /** Says that a program takes part, with its version. */
    void uses(String program) {
        programs.add(program);
    }

    /** The engine of a Godwit takes part. */
    ProcessHandle usesEngineOf(long godwit) throws IOException, InterruptedException {
        ProcessHandle engine = ProcessHandle.of(godwit)
                .flatMap(GodwitProcess::engineOf)
                .orElseThrow(() -> new LabException(
                        ExitCode.FAILURE, "Expected process " + godwit + " to have an engine, but found none"));
        uses("engine: " + Machine.said(engine.info().command().orElseThrow(), "--version"));
        return engine;
    }

    /** What took part since it was asked last. */
    List<String> takePrograms() {
        List<String> taken = List.copyOf(programs);
        programs.clear();
        return taken;
    }

    /** A folder for its owner only. */
    Path folder() throws IOException {
        Path folder = Files.createTempDirectory("godwit-bench-").toAbsolutePath();
        folders.push(folder);
        return folder;
    }

    /** Godwit as an operator runs it, but for its hands: each activity takes this time and does nothing. */
    GodwitProcess idle(Duration each) throws IOException, InterruptedException {
        GodwitProcess godwit = GodwitProcess.start(folder(), Map.of(IdleHands.PROPERTY, each.toMillis() + "ms"));
        usesEngineOf(godwit.pid());
        return godwit;
    }

    /** The demo's spec, of another service, for servers that nobody asks. */
    static String spec(String service) {
        return DemoSpec.yaml(LabEnvironment.SAMPLE, Duration.ofMinutes(5), Budget.DEFAULT.decision())
                .replace(LabEnvironment.SAMPLE.service(), service);
    }

    @Override
    public void close() {
        while (!folders.isEmpty()) {
            try (Stream<Path> files = Files.walk(folders.pop())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
