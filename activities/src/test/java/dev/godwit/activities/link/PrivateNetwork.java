package dev.godwit.activities.link;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.FailureType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A network namespace with addresses of its own, where ports listen: the kernel's filter can be changed there. */
final class PrivateNetwork implements AutoCloseable {
    /** Listens at each {@code ADDRESS PORT}, says so, and lives until its standard input ends. */
    private static final String LISTEN = """
            use IO::Socket::IP;
            my @sockets;
            while (@ARGV) {
                my ($address, $port) = splice @ARGV, 0, 2;
                push @sockets, IO::Socket::IP->new(LocalHost => $address, LocalPort => $port, Listen => 5,
                    ReuseAddr => 1) or die "$address $port: $@";
            }
            $| = 1;
            print "listening\\n";
            <STDIN>;
            """;

    private static final String CONNECT = """
            use IO::Socket::IP;
            my ($from, $to, $port) = @ARGV;
            exit(IO::Socket::IP->new(LocalHost => $from, PeerHost => $to, PeerPort => $port, Timeout => 1) ? 0 : 1);
            """;

    private final Process listener;

    private PrivateNetwork(Process listener) {
        this.listener = listener;
    }

    /** Makes it; the test is skipped where that is not possible. */
    static PrivateNetwork with(Map<String, Integer> listening, List<String> addresses) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: a network of its own needs root");
        StringBuilder setup = new StringBuilder("set -e; ip link set lo up\n");
        Stream.concat(listening.keySet().stream(), addresses.stream())
                .forEach(address -> setup.append("ip address add ")
                        .append(address)
                        .append(address.contains(":") ? "/128 nodad" : "/32")
                        .append(" dev lo\n"));
        setup.append("exec perl -e \"$@\"\n");
        List<String> command =
                new ArrayList<>(List.of("unshare", "-n", "sh", "-c", setup.toString(), "network", LISTEN));
        listening.forEach((address, port) -> command.addAll(List.of(address, port.toString())));
        Process process = new ProcessBuilder(command).start();
        String said = process.inputReader().readLine();
        if (said == null) {
            String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assumeTrue(!error.contains("unshare"), "skipped: this machine allows no network namespaces: " + error);
            throw new IOException("Expected a network of its own, but found: " + error);
        }
        return new PrivateNetwork(process);
    }

    /** Whether there is a program of that name. */
    boolean has(String program) {
        return reply("command -v \"$1\"", List.of(program)).ok();
    }

    /** Whether a connection between two addresses comes about within a second. */
    boolean reaches(String from, String to, int port) {
        return reply("exec perl -e \"$@\"", List.of(CONNECT, from, to, Integer.toString(port)))
                .ok();
    }

    String run(String script, String... arguments) {
        Reply reply = reply(script, List.of(arguments));
        if (!reply.ok()) {
            throw FailureType.COMMAND_FAILED.because("Expected success, but found: " + reply.err());
        }
        return reply.out();
    }

    private Reply reply(String script, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of("nsenter", "-t", Long.toString(listener.pid()), "-n", "sh", "-c", script, "sh"));
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Reply(process.onExit().join().exitValue(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server with that address, and sshd's usual port. */
    HostSpec spec(String address) {
        return new HostSpec("host.test", address, new SshLogin("root", new SecretRef("ops"), "SHA256:x", 22));
    }

    /** A server whose scripts run in this network. */
    Server server(HostSpec spec) {
        return new Inside(spec);
    }

    private final class Inside implements Server {
        private final HostSpec spec;

        Inside(HostSpec spec) {
            this.spec = spec;
        }

        @Override
        public HostSpec spec() {
            return spec;
        }

        @Override
        public Reply run(Script script) {
            return reply(script.text(), script.arguments());
        }

        @Override
        public String output(Script script) {
            return PrivateNetwork.this.run(script.text(), script.arguments().toArray(String[]::new));
        }

        @Override
        public Reply follow(Script script, Consumer<String> line) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<byte[]> read(String path) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(String path, byte[] content, int mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket connect(String address, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket converse(Script script) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public void close() {
        listener.destroy();
        listener.onExit().join();
    }
}
