package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API, asked everything that its own document allows and much that it does not. */
class ApiFuzzTest {
    private static final String REQUIREMENTS = "lab/src/test/resources/fuzz/requirements.txt";
    private static final long MOST_MINUTES = 10;
    private static final int LONGEST_LINE = 1000;

    /** About a migration that is over, and about one that waits. */
    private static final long PASSES = 2;

    private static final Pattern WHOLE = Pattern.compile("Selected: (\\d+)/\\d+\\s+Tested: \\1\\b");

    @TempDir
    @SuppressWarnings("NullAway.Init") // made before each test
    private Path folder;

    @Test
    void shouldAnswerAsItsDocumentSays() throws Exception {
        fuzz("--phases", "examples,coverage");
    }

    @Test
    @Tag("long") // four minutes
    void shouldAnswerAsItsDocumentSaysForLong() throws Exception {
        fuzz("--phases", "fuzzing,stateful", "--max-examples", "60", "--max-time", "240");
    }

    private void fuzz(String... options) throws Exception {
        String program = schemathesis();
        List<String> alone =
                List.of("unshare", "--map-root-user", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh");
        assumeTrue(
                succeeds(with(alone, "true")), "skipped: this machine has no network namespaces, or no ip (iproute2)");
        Path output = folder.resolve("output");
        List<String> command = with(
                alone,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ApiFuzz.class.getName(),
                program,
                Files.createDirectory(folder.resolve("data")).toString());
        command.addAll(List.of(options));
        int status = run(command, output);
        assertThat(status)
                .as(() -> "what schemathesis found:\n" + shortened(output))
                .isZero();
        // A pass that is cut short, or that leaves an operation out, finds nothing and says so with status 0.
        assertThat(WHOLE.matcher(Files.readString(output)).results().count())
                .as("passes over every operation that they were to ask")
                .isEqualTo(PASSES);
    }

    /** The pinned program, installed once into the cache. */
    private String schemathesis() throws Exception {
        String requirements = Files.readString(LabHost.home().resolve(REQUIREMENTS));
        Path cache = Optional.ofNullable(System.getenv("GODWIT_CACHE"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "godwit"))
                .resolve("schemathesis-" + Integer.toHexString(requirements.hashCode()));
        Path program = cache.resolve("bin/schemathesis");
        Path complete = cache.resolve("complete");
        if (!Files.exists(complete)) {
            Files.createDirectories(cache);
            Path list = Files.writeString(cache.resolve("requirements.txt"), requirements);
            Path log = cache.resolve("install.log");
            boolean installed = run(List.of("python3", "-m", "venv", cache.toString()), log) == 0
                    && run(
                                    List.of(
                                            cache.resolve("bin/pip").toString(),
                                            "install",
                                            "--quiet",
                                            "-r",
                                            list.toString()),
                                    log)
                            == 0;
            if (!installed && System.getenv("CI") != null) {
                throw new AssertionError("Expected pip to install schemathesis, but found:\n" + shortened(log));
            }
            assumeTrue(installed, "skipped: schemathesis cannot be installed here: " + log);
            Files.createFile(complete);
        }
        return program.toString();
    }

    /** Generated bodies can be very long. */
    private static String shortened(Path output) {
        try (Stream<String> lines = Files.lines(output)) {
            return lines.map(line -> line.substring(0, Math.min(line.length(), LONGEST_LINE)))
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static List<String> with(List<String> start, String... more) {
        List<String> all = new ArrayList<>(start);
        all.addAll(List.of(more));
        return all;
    }

    private boolean succeeds(List<String> command) throws Exception {
        return run(command, folder.resolve("try")) == 0;
    }

    private static int run(List<String> command, Path output) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            process.getOutputStream().close();
            try {
                process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
            } finally {
                // What it has started does not end with it.
                List<ProcessHandle> below = process.descendants().toList();
                process.destroyForcibly().onExit().join();
                below.forEach(ProcessHandle::destroyForcibly);
            }
            return process.exitValue();
        } catch (IOException e) {
            Files.writeString(output, e.toString());
            return 127;
        }
    }
}
