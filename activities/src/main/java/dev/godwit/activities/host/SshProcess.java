package dev.godwit.activities.host;

import dev.godwit.workflows.step.FailureType;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.connection.channel.direct.Signal;
import org.jspecify.annotations.Nullable;

/** A command that runs on a server, over a session channel of its own. Closing it ends it if it still runs. */
final class SshProcess implements AutoCloseable {
    private static final int OUT_LIMIT = 16 * 1024 * 1024;
    private static final int ERR_LIMIT = 64 * 1024;
    private static final int FOLLOW_LIMIT = 1024 * 1024;
    /** What fits into a channel's first window is sent without another thread. */
    private static final int SMALL_INPUT = 32 * 1024;

    /** How long a script may take until it has said its process group. */
    private static final Duration STARTED = Duration.ofSeconds(5);

    private final SshConnections owner;
    private final SshConnection connection;
    private final Session session;
    private final Session.Command command;
    private final CompletableFuture<String> errors = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean overdue;
    private final CompletableFuture<String> group = new CompletableFuture<>();

    SshProcess(SshConnections owner, SshConnection connection, Session session, String commandLine)
            throws SSHException {
        this(owner, connection, session, session.exec(commandLine));
    }

    SshProcess(SshConnections owner, SshConnection connection, Session session, Session.Command command) {
        this.owner = owner;
        this.connection = connection;
        this.session = session;
        this.command = command;
        Thread.ofVirtual().name("godwit-ssh-stderr").start(this::drainErrors);
    }

    private void drainErrors() {
        Tail tail = new Tail(ERR_LIMIT);
        try (InputStream err = command.getErrorStream()) {
            skipGroup(err, tail);
            byte[] chunk = new byte[8192];
            for (int read = err.read(chunk); read >= 0; read = err.read(chunk)) {
                tail.add(chunk, read);
            }
        } catch (IOException e) {
            // The same breaks the reading of standard output, which reports it.
            group.completeExceptionally(e);
        }
        errors.complete(tail.text());
    }

    /** Reads the line that names the process group; what an account's profile says before it is kept. */
    private void skipGroup(InputStream err, Tail tail) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int read = err.read(); read >= 0; read = err.read()) {
            line.write(read);
            if (read == '\n') {
                String text = line.toString(StandardCharsets.UTF_8);
                if (text.startsWith(ShellQuote.GROUP)) {
                    group.complete(text.substring(ShellQuote.GROUP.length()).strip());
                    return;
                }
                tail.add(line.toByteArray(), line.size());
                line.reset();
            }
        }
        tail.add(line.toByteArray(), line.size());
    }

    InputStream out() {
        return command.getInputStream();
    }

    OutputStream in() {
        return command.getOutputStream();
    }

    /** Runs it to its end. */
    Reply finish(byte @Nullable [] input, Duration limit) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exitCode = finish(input, limit, out);
        return new Reply(exitCode, out.toString(StandardCharsets.UTF_8), err());
    }

    /**
     * Runs it to its end.
     *
     * @param out takes its standard output
     * @return its exit code
     */
    int finish(byte @Nullable [] input, Duration limit, ByteArrayOutputStream out) {
        CompletableFuture<?> watch = CompletableFuture.runAsync(
                this::stopOverdue,
                CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS, Runnable::run));
        try {
            feed(input);
            byte[] chunk = new byte[32 * 1024];
            InputStream from = out();
            for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                out.write(chunk, 0, read);
                if (out.size() > OUT_LIMIT) {
                    throw FailureType.COMMAND_FAILED.because("Expected at most " + OUT_LIMIT
                            + " bytes of output from a short command on "
                            + owner.host().host()
                            + ", but found more; this is a bug of Godwit");
                }
            }
            int exitCode = exitCode();
            if (overdue) {
                throw new IOException("it was stopped");
            }
            return exitCode;
        } catch (IOException e) {
            throw failure(e, limit);
        } finally {
            watch.cancel(false);
        }
    }

    /** Runs it to its end and hands over its lines as they come. */
    Reply follow(byte @Nullable [] input, Consumer<String> line) {
        Tail tail = new Tail(FOLLOW_LIMIT);
        try {
            feed(input);
            BufferedReader lines = new BufferedReader(new InputStreamReader(out(), StandardCharsets.UTF_8));
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
                tail.add(bytes, bytes.length);
                line.accept(text);
            }
            return new Reply(exitCode(), tail.text(), err());
        } catch (IOException e) {
            throw owner.failure(e);
        }
    }

    private RuntimeException failure(IOException cause, Duration limit) {
        if (overdue) {
            return FailureType.COMMAND_FAILED.because(
                    "Expected a short command on " + owner.host().host() + " to end within " + limit.toSeconds()
                            + " s, but found it still running; look at the server's load and disks",
                    cause);
        }
        return owner.failure(cause);
    }

    private void feed(byte @Nullable [] input) {
        if (input == null || input.length <= SMALL_INPUT) {
            write(input == null ? new byte[0] : input);
        } else {
            // Beside the reading, else both ends may wait for each other.
            Thread.ofVirtual().name("godwit-ssh-stdin").start(() -> write(input));
        }
    }

    private void write(byte[] input) {
        try (OutputStream in = in()) {
            in.write(input);
            in.flush();
        } catch (IOException e) {
            // The command has ended without reading it all, or the connection broke: reading its output tells which.
            return;
        }
    }

    /** Waits for the end of the command. */
    int exitCode() throws IOException {
        command.join();
        Integer status = command.getExitStatus();
        if (status != null) {
            return status;
        }
        Signal signal = command.getExitSignal();
        if (signal == null) {
            throw new IOException("the connection was lost before the command ended");
        }
        return 128
                + switch (signal) {
                    case HUP -> 1;
                    case INT -> 2;
                    case QUIT -> 3;
                    case KILL -> 9;
                    case SEGV -> 11;
                    case PIPE -> 13;
                    case TERM -> 15;
                    default -> 127;
                };
    }

    /** Its standard error, once it has ended. */
    String err() {
        return errors.join();
    }

    private void stopOverdue() {
        overdue = true;
        close();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        if (!session.isOpen()) {
            connection.release();
            return;
        }
        // It still runs, and sshd does not end a command whose channel closes. Nobody may wait for that here.
        Thread.ofVirtual().name("godwit-ssh-close").start(this::stop);
    }

    private void stop() {
        try {
            kill(group.orTimeout(STARTED.toMillis(), TimeUnit.MILLISECONDS).join());
        } catch (SSHException | CompletionException e) {
            // Its connection is gone, or it never got as far as to say its number; the channel is given back anyway.
            return;
        } finally {
            closeSession();
            closeStreams();
            connection.release();
        }
    }

    private void closeSession() {
        try {
            session.close();
        } catch (SSHException e) {
            // Its connection is gone, and the channel with it.
            return;
        }
    }

    private void kill(String running) throws SSHException {
        String sudo = owner.host().ssh().user().equals("root") ? "" : "sudo -n ";
        try (Session killer = connection.session()) {
            killer.exec(sudo + "kill -TERM -- -" + running).join();
        }
    }

    /** Wakes whoever still reads. */
    private void closeStreams() {
        try {
            command.getInputStream().close();
            command.getErrorStream().close();
        } catch (IOException e) {
            // These streams only note that they are closed.
            return;
        }
    }

    /** Keeps the end of a stream. */
    private static final class Tail {
        private final byte[] ring;
        private long written;

        Tail(int limit) {
            ring = new byte[limit];
        }

        void add(byte[] bytes, int length) {
            int from = Math.max(0, length - ring.length);
            written += from;
            for (int index = from; index < length; ) {
                int at = (int) (written % ring.length);
                int count = Math.min(length - index, ring.length - at);
                System.arraycopy(bytes, index, ring, at, count);
                index += count;
                written += count;
            }
        }

        String text() {
            if (written <= ring.length) {
                return new String(ring, 0, (int) written, StandardCharsets.UTF_8);
            }
            int at = (int) (written % ring.length);
            byte[] whole = new byte[ring.length];
            System.arraycopy(ring, at, whole, 0, ring.length - at);
            System.arraycopy(ring, 0, whole, ring.length - at, at);
            return new String(whole, StandardCharsets.UTF_8);
        }
    }
}
