package dev.godwit.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The right to use this machine's lab, of which there is one. It ends with the process, whatever becomes of that. */
public final class LabLock implements AutoCloseable {
    static final Path PATH = Path.of(
                    System.getenv().getOrDefault("GODWIT_LAB_HOME", "/var/lib/godwit-lab") + ".session.lock")
            .toAbsolutePath();

    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private final FileChannel file;

    private LabLock(FileChannel file) {
        this.file = file;
    }

    /** Waits for its turn. */
    public static LabLock take(Terminal terminal) throws IOException, InterruptedException {
        FileChannel file = open();
        if (!tryLock(file)) {
            terminal.event("another demo or test uses this machine's lab; waiting for its end");
            if (!Await.until(PATIENCE, Duration.ofSeconds(1), () -> tryLock(file))) {
                file.close();
                throw new LabException(
                        ExitCode.MACHINE,
                        "Expected the lab of this machine to be free within " + PATIENCE.toMinutes()
                                + " minutes, but another demo or test still holds " + PATH);
            }
        }
        return new LabLock(file);
    }

    /** Whether a demo, test or benchmark uses the lab now, this process's own among them. */
    static boolean isTaken() throws IOException {
        try (FileChannel file = open()) {
            return !tryLock(file);
        }
    }

    private static FileChannel open() throws IOException {
        Files.createDirectories(PATH.getParent());
        return FileChannel.open(PATH, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static boolean tryLock(FileChannel file) {
        try {
            @Nullable FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ours) {
            return false;
        } catch (IOException e) {
            throw new LabException(ExitCode.MACHINE, "Expected to lock a file, but found " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new LabException(ExitCode.FAILURE, "Expected to give the lab free, but found " + e.getMessage(), e);
        }
    }
}
