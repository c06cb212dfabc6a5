package dev.godwit.api;

import dev.godwit.workflows.migration.SearchAttributes;
import io.temporal.testing.TemporalDevServer;
import io.temporal.testing.TemporalDevServerOptions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The real development server, where its program can be found: on the PATH or in Godwit's cache. */
final class RealEngine {
    private RealEngine() {}

    static boolean isThere() {
        return program().isPresent();
    }

    static TemporalDevServer start() {
        List<String> arguments = new ArrayList<>(List.of(
                "--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000",
                "--dynamic-config-value", "matching.numTaskqueueReadPartitions=1",
                "--dynamic-config-value", "matching.numTaskqueueWritePartitions=1"));
        SearchAttributes.ALL.forEach(
                key -> arguments.addAll(List.of("--search-attribute", key.getName() + "=Keyword")));
        return TemporalDevServer.start(TemporalDevServerOptions.newBuilder()
                .setExistingPath(program().orElseThrow().toString())
                .setDownloadEnabled(false)
                .setLogLevel("error")
                .setStartupTimeout(Duration.ofSeconds(60))
                .setExtraArgs(arguments)
                .build());
    }

    private static Optional<Path> program() {
        Stream<Path> onPath = Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .map(Path::of);
        return Stream.concat(onPath, cached().stream())
                .map(folder -> folder.resolve("temporal"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<Path> cached() {
        Path cache = Optional.ofNullable(System.getenv("GODWIT_CACHE"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "godwit"));
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(cache)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("temporal-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
