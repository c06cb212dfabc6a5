package dev.godwit.activities.host;

import dev.godwit.activities.Resource;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.FailureType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;
import org.jspecify.annotations.Nullable;

/** A server over ssh. Each operation is one command on a connection that is open already. */
final class SshServer implements Server {
    /** Short scripts take milliseconds; one that takes this long is stuck. */
    private static final Duration SHORT = Duration.ofMinutes(10);

    private static final int NO_FILE = 44;
    private static final int CUT_SHORT = 45;

    private static final String READ = """
            [ -e "$1" ] || exit 44
            exec cat -- "$1"
            """;

    private static final String WRITE = Resource.text(SshServer.class, "write.sh");

    private final SshConnections connections;

    SshServer(SshConnections connections) {
        this.connections = connections;
    }

    @Override
    public HostSpec spec() {
        return connections.host();
    }

    @Override
    public Reply run(Script script) {
        try (SshProcess process = start(script)) {
            return process.finish(bytes(script.input()), SHORT);
        }
    }

    @Override
    public String output(Script script) {
        Reply reply = run(script);
        if (!reply.ok()) {
            throw failure(reply.exitCode(), reply.err());
        }
        return reply.out();
    }

    private RuntimeException failure(int exitCode, String err) {
        return RemoteFailure.of(spec().host(), "a command", exitCode, err);
    }

    @Override
    public Reply follow(Script script, Consumer<String> line) {
        try (SshProcess process = start(script)) {
            return process.follow(bytes(script.input()), line);
        }
    }

    @Override
    public Optional<byte[]> read(String path) {
        try (SshProcess process = start(Script.of(READ, path))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int exitCode = process.finish(null, SHORT, out);
            return switch (exitCode) {
                case 0 -> Optional.of(out.toByteArray());
                case NO_FILE -> Optional.empty();
                default -> throw failure(exitCode, process.err());
            };
        }
    }

    @Override
    public void write(String path, byte[] content, int mode) {
        Script script = Script.of(WRITE, path, Integer.toOctalString(mode), Integer.toString(content.length));
        try (SshProcess process = start(script)) {
            Reply reply = process.finish(content, SHORT);
            if (reply.exitCode() == CUT_SHORT) {
                throw FailureType.HOST_UNREACHABLE.because("Expected " + content.length + " bytes to reach "
                        + spec().host() + ", but found fewer; the connection was cut in the middle, try again");
            }
            if (reply.exitCode() != 0) {
                throw failure(reply.exitCode(), reply.err());
            }
        }
    }

    @Override
    public Socket connect(String address, int port) throws IOException {
        SshConnections.SshTunnel tunnel = connections.tunnel(address, port);
        DirectConnection channel = tunnel.channel();
        return new ChannelSocket(channel.getInputStream(), channel.getOutputStream(), () -> {}, () -> {
            // Closing waits for the server's answer, which nobody needs.
            Thread.ofVirtual().name("godwit-ssh-close").start(() -> {
                try {
                    channel.close();
                } catch (IOException e) {
                    // The channel goes with its connection.
                    return;
                } finally {
                    tunnel.connection().tunnelClosed();
                }
            });
        });
    }

    @Override
    public Socket converse(Script script) throws IOException {
        if (script.input() != null) {
            throw new IllegalArgumentException(
                    "Expected no input for a script to converse with: the socket is its input");
        }
        SshProcess process = start(script);
        return new ChannelSocket(process.out(), process.in(), () -> check(process), process::close);
    }

    private void check(SshProcess process) throws IOException {
        int exitCode = process.exitCode();
        if (exitCode != 0) {
            throw new IOException("Expected the program on " + spec().host()
                    + " to go on talking, but found that it ended with exit status " + exitCode + ": "
                    + RemoteFailure.end(process.err()));
        }
    }

    private SshProcess start(Script script) {
        return connections.start(ShellQuote.commandLine(
                script.text(), script.arguments(), !spec().ssh().user().equals("root")));
    }

    private static byte @Nullable [] bytes(@Nullable String input) {
        return input == null ? null : input.getBytes(StandardCharsets.UTF_8);
    }
}
