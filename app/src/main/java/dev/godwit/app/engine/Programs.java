package dev.godwit.app.engine;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Programs of this machine. */
final class Programs {
    /** How often something that takes long says that it goes on. */
    static final Duration SAY_EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Programs.class);
    private static final int LONGEST_REASON = 500;

    private Programs() {}

    /** The first of that name on the PATH. */
    static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /**
     * Runs a program to its end; when it takes long, the log says that it goes on.
     *
     * @param environment what is added to ours
     * @return what it wrote
     * @throws IOException if it cannot be run, fails, or does not end in time (then it is killed)
     */
    static String run(List<String> command, Map<String, String> environment, Duration timeout) throws IOException {
        Path output = Files.createTempFile("godwit", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            awaitEnd(process, command.getFirst(), timeout);
            String text = Files.readString(output, StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new IOException(command.getFirst() + " ended with status " + process.exitValue() + ": "
                        + text.substring(Math.max(0, text.length() - LONGEST_REASON))
                                .strip());
            }
            return text;
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static void awaitEnd(Process process, String name, Duration timeout) throws IOException {
        Instant started = Instant.now();
        Instant end = started.plus(timeout);
        try {
            while (!process.waitFor(shorter(SAY_EVERY, Duration.between(Instant.now(), end)))) {
                if (Instant.now().isAfter(end)) {
                    kill(process);
                    throw new IOException(name + " did not end within " + timeout.toSeconds() + " s");
                }
                LOG.info(
                        "Still running {}: {} s",
                        name,
                        Duration.between(started, Instant.now()).toSeconds());
            }
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
