package dev.godwit.activities.host;

import dev.godwit.workflows.server.HostSpec;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A server that Godwit is logged in to as root, or by sudo. Every method throws an
 * {@link io.temporal.failure.ApplicationFailure} of a {@link dev.godwit.workflows.step.FailureType}: a dropped
 * connection is HOST_UNREACHABLE and heals by a retry.
 */
public interface Server {
    HostSpec spec();

    /** Runs a short script to its end, whatever its exit code. */
    Reply run(Script script);

    /** Runs a short script; its output if it succeeds, else COMMAND_FAILED with the end of its error output. */
    String output(Script script);

    /** Runs a script and hands over each line of its output as it comes. */
    Reply follow(Script script, Consumer<String> line);

    /** The content of a file, or empty if there is none. */
    Optional<byte[]> read(String path);

    /** Writes a file whole: beside it first, synced, then renamed over it. Folders must exist. */
    void write(String path, byte[] content, int mode);

    /**
     * A socket whose other end is a TCP port on the server's own loopback, through the ssh connection. For libraries
     * that speak a protocol of their own (JDBC).
     */
    default Socket connect(int port) throws IOException {
        return connect("127.0.0.1", port);
    }

    /**
     * A socket whose other end is a TCP port at an address that the server reaches, such as one of its own.
     *
     * @param address an IP address
     */
    Socket connect(String address, int port) throws IOException;

    /**
     * A socket whose other end is the standard input and output of a program on the server, through the ssh connection.
     */
    Socket converse(Script script) throws IOException;
}
