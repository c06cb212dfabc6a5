package dev.godwit.app;

import dev.godwit.app.engine.UnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file with the number of the process that runs a role on a data folder. It is locked while the process lives, so that
 * a file that a killed process left behind stops nobody.
 */
final class PidFile implements AutoCloseable {
    private final FileChannel channel;

    private PidFile(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the role on this data folder.
     *
     * @throws UnavailableException if another process has it
     */
    static PidFile take(Path data, Role role) {
        Path file = role.file(data, "pid");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new UnavailableException(
                        "Expected to be alone with the data folder " + data + ", but found that process "
                                + Files.readString(file).strip()
                                + " runs on it; stop that one, or choose another folder with --data",
                        null);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return new PidFile(channel);
        } catch (IOException e) {
            throw new UnavailableException(
                    "Expected to write " + file + ", but found " + e + "; choose another folder with --data", e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Empties the file and lets go of it. The file stays: removing it would race with the next process. */
    @Override
    public void close() throws IOException {
        channel.truncate(0);
        channel.close();
    }
}
