package dev.godwit.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the arguments and the environment of every process that it sees, again and again until it is closed. The lab's
 * servers are this machine's namespaces: their processes are seen like its own. What lives for less than the pause between
 * two looks may be missed.
 */
final class ProcessWatch implements AutoCloseable {
    private static final long PAUSE_NANOS = 150_000_000;

    /** The application has its password in its environment: that is where it lives. */
    private static final String APPLICATION = "/srv/shop/app/";

    private final Set<String> seen = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Thread thread = new Thread(this::watch, "process-watch");
    private volatile boolean closed;
    private volatile @Nullable Throwable problem;

    ProcessWatch() {
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (!closed) {
                look();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (RuntimeException e) {
            problem = e;
        }
    }

    private void look() {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String arguments = read(process.resolve("cmdline"));
                if (!arguments.contains(APPLICATION)) {
                    seen.add(arguments);
                    seen.add(read(process.resolve("environ")));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing of a process that has ended meanwhile. */
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /** Writes all that was seen, one process a line; fails if it did not see all the time. */
    void writeTo(Path file) throws IOException {
        if (problem != null) {
            throw new IllegalStateException("Expected to see processes all the time, but found a problem", problem);
        }
        synchronized (seen) {
            Files.write(file, seen, StandardCharsets.ISO_8859_1);
        }
    }

    int size() {
        return seen.size();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
