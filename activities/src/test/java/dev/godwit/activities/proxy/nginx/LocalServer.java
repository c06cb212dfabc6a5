package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.FailureType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A server that is this machine: its scripts run here, and paths among their parameters and in their output lead into a
 * folder that stands for its root.
 */
final class LocalServer implements Server {
    private static final List<String> INSIDE = List.of("/etc/nginx", "/var/lib/godwit", "/run/");

    private final HostSpec spec;
    private final Path root;
    private final Optional<Path> programs;

    /**
     * @param programs a folder whose programs come before the machine's
     */
    LocalServer(HostSpec spec, Path root, Optional<Path> programs) {
        this.spec = spec;
        this.root = root;
        this.programs = programs;
    }

    @Override
    public HostSpec spec() {
        return spec;
    }

    private String inside(String text) {
        return INSIDE.stream().anyMatch(text::startsWith) ? root + text : text;
    }

    @Override
    public Reply run(Script script) {
        StringBuilder out = new StringBuilder();
        Reply reply = follow(script, line -> out.append(line).append('\n'));
        return new Reply(reply.exitCode(), out.toString(), reply.err());
    }

    @Override
    public String output(Script script) {
        Reply reply = run(script);
        if (!reply.ok()) {
            throw FailureType.COMMAND_FAILED.because(reply.err());
        }
        return reply.out();
    }

    @Override
    public Reply follow(Script script, Consumer<String> line) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script.text(), "godwit"));
        script.arguments().forEach(argument -> command.add(inside(argument)));
        ProcessBuilder builder = new ProcessBuilder(command);
        programs.ifPresent(folder -> builder.environment().merge("PATH", "", (path, none) -> folder + ":" + path));
        try {
            Process process = builder.start();
            CompletableFuture<String> err =
                    CompletableFuture.supplyAsync(() -> errors(process), Thread::startVirtualThread);
            try (OutputStream in = process.getOutputStream()) {
                if (script.input() != null) {
                    in.write(script.input().getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                // A script that ends before it has read everything says why by its exit code.
                assert process.pid() > 0;
            }
            try (BufferedReader reader = process.inputReader()) {
                reader.lines().map(this::outside).forEach(line);
            }
            return new Reply(process.onExit().join().exitValue(), "", err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String errors(Process process) {
        try (Stream<String> lines = process.errorReader().lines()) {
            return String.join("\n", lines.map(this::outside).toList());
        }
    }

    private String outside(String line) {
        return line.replace(root.toString(), "");
    }

    @Override
    public Optional<byte[]> read(String path) {
        Path file = Path.of(inside(path));
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(String path, byte[] content, int mode) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket connect(String address, int port) throws IOException {
        return new Socket(address, port);
    }

    @Override
    public Socket converse(Script script) {
        throw new UnsupportedOperationException();
    }
}
