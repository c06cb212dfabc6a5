package dev.godwit.app.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Temporal program for tests that run the real one. */
public final class RealEngine {
    private RealEngine() {}

    /** The program, obtained once as {@code ./godwit up} does it; skips the test where that is not possible. */
    public static Path program() {
        Optional<Path> program = new TemporalProgram(configuration(null, true)).locate();
        assumeTrue(
                program.isPresent(),
                "Skipped: no 'temporal' on the PATH or in the cache, and it can be neither downloaded nor built");
        return program.orElseThrow();
    }

    /** Free ports, nothing obtained. */
    static EngineConfiguration configuration(@Nullable Path binary) {
        return configuration(binary, false);
    }

    private static EngineConfiguration configuration(@Nullable Path binary, boolean obtain) {
        String cache = System.getenv("GODWIT_CACHE");
        return new EngineConfiguration(
                binary,
                cache == null ? Path.of(System.getProperty("user.home"), ".cache", "godwit") : Path.of(cache),
                obtain,
                0,
                false,
                0,
                Duration.ofDays(100),
                Duration.ofSeconds(60));
    }
}
