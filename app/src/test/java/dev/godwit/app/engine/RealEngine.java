package dev.godwit.app.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Temporal program for tests that run the real one. */
final class RealEngine {
    private RealEngine() {}

    /** The program; skips the test where it is neither on the PATH nor in the cache: tests do not build it. */
    static Path program() {
        Optional<Path> program = new TemporalProgram(configuration(null)).locate();
        assumeTrue(
                program.isPresent(),
                "Skipped: no 'temporal' on the PATH or in the cache; './godwit up' obtains it once");
        return program.orElseThrow();
    }

    /** Free ports, nothing obtained. */
    static EngineConfiguration configuration(@Nullable Path binary) {
        String cache = System.getenv("GODWIT_CACHE");
        return new EngineConfiguration(
                binary,
                cache == null ? Path.of(System.getProperty("user.home"), ".cache", "godwit") : Path.of(cache),
                false,
                0,
                false,
                0,
                Duration.ofDays(100),
                Duration.ofSeconds(60));
    }
}
