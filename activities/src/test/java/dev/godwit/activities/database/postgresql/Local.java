package dev.godwit.activities.database.postgresql;

import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.FailureType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Servers and jobs that are this machine: scripts run by its own shell. */
final class Local {
    private Local() {}

    /** Runs a program; its output. */
    static String command(String... words) {
        return feed(null, words);
    }

    static String feed(@Nullable String input, String... words) {
        Reply reply = execute(List.of(words), input, Map.of(), Path.of("/"), line -> {});
        if (!reply.ok()) {
            throw new IllegalStateException("Expected success, but found " + reply + " of " + List.of(words));
        }
        return reply.out();
    }

    private static Reply execute(
            List<String> words,
            @Nullable String input,
            Map<String, String> environment,
            Path folder,
            Consumer<String> line) {
        try {
            Path error = Files.createTempFile("godwit", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(words).directory(folder.toFile()).redirectError(error.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            Thread feeder = Thread.ofVirtual().start(() -> {
                try (OutputStream stdin = process.getOutputStream()) {
                    if (input != null) {
                        stdin.write(input.getBytes(StandardCharsets.UTF_8));
                    }
                } catch (IOException e) {
                    // The program did not read to the end.
                    return;
                }
            });
            StringBuilder out = new StringBuilder();
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                    out.append(text).append('\n');
                    line.accept(text);
                }
            }
            feeder.join();
            int exit = process.waitFor();
            String err = Files.readString(error);
            Files.delete(error);
            return new Reply(exit, out.toString(), err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> shell(Script script) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", script.text(), "sh"));
        words.addAll(script.arguments());
        return words;
    }

    /**
     * This machine as a server. Both servers of a migration have PostgreSQL on the same port, which one machine cannot:
     * this one puts its own port where the other's is asked for.
     */
    record LocalServer(HostSpec spec, int asked, int port) implements Server {
        List<String> own(List<String> arguments) {
            return arguments.stream()
                    .map(argument -> argument.equals(Integer.toString(asked)) ? Integer.toString(port) : argument)
                    .toList();
        }

        private Script own(Script script) {
            return new Script(script.text(), own(script.arguments()), script.input());
        }

        @Override
        public Reply run(Script script) {
            return follow(script, line -> {});
        }

        @Override
        public String output(Script script) {
            Reply reply = run(script);
            if (!reply.ok()) {
                throw FailureType.COMMAND_FAILED.because("Expected success, but found: " + reply.err());
            }
            return reply.out();
        }

        @Override
        public Reply follow(Script script, Consumer<String> line) {
            return execute(shell(own(script)), script.input(), Map.of(), Path.of("/"), line);
        }

        @Override
        public Optional<byte[]> read(String path) {
            try {
                return Files.exists(Path.of(path)) ? Optional.of(Files.readAllBytes(Path.of(path))) : Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void write(String path, byte[] content, int mode) {
            try {
                Path file = Path.of(path);
                Files.write(file, content);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Socket connect(String address, int wanted) throws IOException {
            return new Socket(address, wanted == asked ? port : wanted);
        }

        @Override
        public Socket converse(Script script) throws IOException {
            Process process = new ProcessBuilder(shell(own(script)))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new ProcessSocket(process);
        }
    }

    private static final class ProcessSocket extends Socket {
        private final Process process;

        ProcessSocket(Process process) {
            this.process = process;
        }

        @Override
        public InputStream getInputStream() {
            return process.getInputStream();
        }

        @Override
        public OutputStream getOutputStream() {
            return process.getOutputStream();
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public void connect(SocketAddress endpoint, int timeout) {}

        @Override
        public void setTcpNoDelay(boolean on) {}

        @Override
        public void setSoTimeout(int timeout) {}

        @Override
        public int getSoTimeout() {
            return 0;
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Jobs in this process: one at a time, each remembered once it has succeeded. */
    static final class LocalJobs implements Jobs {
        /** How often a job was started, by step. */
        final Map<String, Integer> started = new HashMap<>();

        /** Those that were removed, in order. */
        final List<String> removed = new ArrayList<>();

        /** Whether the target is gone. */
        boolean gone;

        /** What happens once a job has succeeded, before anybody knows. */
        Runnable afterwards = () -> {};

        private final Map<JobKey, String> succeeded = new HashMap<>();
        private final Path root;

        LocalJobs(Path root) {
            this.root = root;
        }

        @Override
        public String run(Server server, JobKey key, Job job, Consumer<String> line) {
            if (succeeded.containsKey(key)) {
                line.accept("");
                return succeeded.get(key);
            }
            started.merge(key.step(), 1, Integer::sum);
            try {
                Path folder = Files.createTempDirectory(root, "job");
                for (Map.Entry<String, byte[]> file : job.files().entrySet()) {
                    Files.write(folder.resolve(file.getKey()), file.getValue());
                    Files.setPosixFilePermissions(
                            folder.resolve(file.getKey()), PosixFilePermissions.fromString("rw-------"));
                }
                List<String> words = new ArrayList<>(List.of("sh", "-c", job.script(), "sh"));
                words.addAll(((LocalServer) server).own(job.arguments()));
                Reply reply = execute(words, null, Map.of(), folder, line);
                try (Stream<Path> files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
                if (!reply.ok()) {
                    throw FailureType.COMMAND_FAILED.because("Expected the job to succeed, but found: " + reply.err());
                }
                succeeded.put(key, reply.out());
                afterwards.run();
                return reply.out();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void remove(Server server, JobKey key) {
            if (gone) {
                throw FailureType.HOST_UNREACHABLE.because("Expected the target, but found no server");
            }
            succeeded.remove(key);
            removed.add(key.step());
        }
    }
}
