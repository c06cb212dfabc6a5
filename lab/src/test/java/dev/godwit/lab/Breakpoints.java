package dev.godwit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * How a test and the worker that it disturbs agree on a moment: by files in Godwit's data folder, which outlive both.
 * One breakpoint is set at a time.
 */
final class Breakpoints {
    /** The setting that makes a worker heed them. */
    static final String PROPERTY = "lab.breakpoints";

    private final Path set;
    private final Path reached;
    private final Path ended;

    /**
     * The breakpoints of a Godwit.
     *
     * @param data its data folder
     */
    Breakpoints(Path data) {
        set = data.resolve("breakpoint.set");
        reached = data.resolve("breakpoint.reached");
        ended = data.resolve("breakpoint.ended");
    }

    // ---- the test's side ----

    /** Sets the only breakpoint, instead of the one before. Who waits there goes on. */
    void set(Breakpoint breakpoint) {
        delete(reached);
        delete(ended);
        write(set, breakpoint);
    }

    /** Whoever waits goes on. */
    void clear() {
        delete(set);
    }

    boolean isReached(Breakpoint breakpoint) {
        return read(reached).equals(Optional.of(breakpoint));
    }

    /** Whether the act of a step whose breakpoint lies in its middle was over. */
    boolean hasEnded(Breakpoint breakpoint) {
        return read(ended).equals(Optional.of(breakpoint));
    }

    // ---- the worker's side ----

    boolean isSet(Breakpoint breakpoint) {
        return read(set).equals(Optional.of(breakpoint));
    }

    void reach(Breakpoint breakpoint) {
        write(reached, breakpoint);
    }

    void end(Breakpoint breakpoint) {
        write(ended, breakpoint);
    }

    // ---- files that are there completely or not at all ----

    private static void write(Path file, Breakpoint breakpoint) {
        try {
            Path beside = Files.createTempFile(file.getParent(), "breakpoint", ".part");
            Files.writeString(beside, breakpoint.toString());
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Breakpoint> read(Path file) {
        try {
            return Breakpoint.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
