package dev.godwit.activities.host;

import dev.godwit.activities.Pause;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.FailureType;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;
import net.schmizz.sshj.connection.channel.direct.Session;

/**
 * The connections to one server: one, and more only while more sessions are open than a server lets one connection
 * carry. A connection that was lost is replaced at the next use.
 */
final class SshConnections {
    /** Below OpenSSH's default MaxSessions of ten. */
    private static final int SESSIONS = 8;

    private static final Duration IDLE = Duration.ofMinutes(10);

    private final HostSpec host;
    private final Secrets secrets;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<SshConnection> connections = new ArrayList<>();
    private PinnedHostKey.Kind hostKeyKind = PinnedHostKey.Kind.ED25519;
    private int sessionLimit = SESSIONS;

    SshConnections(HostSpec host, Secrets secrets) {
        this.host = host;
        this.secrets = secrets;
    }

    HostSpec host() {
        return host;
    }

    /** Starts a command line. Its output and exit status come from the process. */
    SshProcess start(String commandLine) {
        while (true) {
            SshConnection connection = reserve();
            Session session;
            try {
                session = connection.session();
            } catch (OpenFailException e) {
                boolean refused = !carriesSome(connection);
                connection.release();
                if (refused) {
                    throw FailureType.LOGIN_REFUSED.because(
                            "Expected " + SshConnection.where(host) + " to let "
                                    + host.ssh().user()
                                    + " run commands, but found: " + e.getMessage()
                                    + "; see MaxSessions and ForceCommand in its sshd_config",
                            e);
                }
                continue;
            } catch (SSHException e) {
                connection.release();
                lost(connection, e);
                continue;
            }
            try {
                return new SshProcess(this, connection, session, session.exec(commandLine));
            } catch (IOException e) {
                close(session);
                connection.release();
                throw failure(e);
            }
        }
    }

    private static void close(Session session) {
        try {
            session.close();
        } catch (IOException e) {
            // Its connection is gone, and the channel with it.
            return;
        }
    }

    /** Opens a channel to a TCP port at an address that the server reaches. */
    SshTunnel tunnel(String address, int port) throws IOException {
        while (true) {
            SshConnection connection = reserve();
            try {
                DirectConnection tunnel = connection.tunnel(address, port);
                return new SshTunnel(connection, tunnel);
            } catch (OpenFailException e) {
                throw new IOException(
                        "Expected port " + port + " at " + address + " to accept a connection from " + host.host()
                                + ", but found: "
                                + e.getMessage() + "; see that the program listens and that sshd allows tunnels"
                                + " (AllowTcpForwarding)",
                        e);
            } catch (SSHException e) {
                lost(connection, e);
            } finally {
                connection.release();
            }
        }
    }

    /** A channel to a TCP port, and the connection that carries it. */
    record SshTunnel(SshConnection connection, DirectConnection channel) {}

    private SshConnection reserve() {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(new InterruptedIOException("the call was interrupted"));
        }
        try {
            connections.removeIf(connection -> !connection.isAlive());
            for (SshConnection connection : connections) {
                if (connection.reserve()) {
                    return connection;
                }
            }
            SshConnection opened = SshConnection.open(host, secrets, hostKeyKind, sessionLimit);
            hostKeyKind = opened.hostKeyKind();
            connections.add(opened);
            if (!host.ssh().user().equals("root")) {
                requireSudo(opened);
            }
            opened.reserve();
            return opened;
        } finally {
            lock.unlock();
        }
    }

    private void requireSudo(SshConnection connection) {
        connection.reserve();
        try (SshProcess process = new SshProcess(this, connection, connection.session(), "sudo -n true")) {
            Reply reply = process.finish(null, Duration.ofSeconds(30));
            if (!reply.ok()) {
                connections.remove(connection);
                connection.close();
                throw FailureType.LOGIN_REFUSED.because("Expected " + host.ssh().user() + " on "
                        + SshConnection.where(host)
                        + " to be allowed everything by sudo without a password, but found: "
                        + reply.err().strip()
                        + "; add '" + host.ssh().user() + " ALL=(ALL) NOPASSWD: ALL' to sudoers");
            }
        } catch (IOException e) {
            connections.remove(connection);
            connection.close();
            throw failure(e);
        }
    }

    /** Notes that a connection carries no more sessions than are open. */
    private boolean carriesSome(SshConnection connection) {
        int open = connection.full();
        lock.lock();
        try {
            sessionLimit = Math.max(1, Math.min(sessionLimit, open));
            return open > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Drops a connection that died before anything was asked of it. One that was opened just now is a failure. */
    private void lost(SshConnection connection, SSHException reason) {
        lock.lock();
        try {
            connections.remove(connection);
        } finally {
            lock.unlock();
        }
        connection.close();
        if (connection.isNew() || isInterrupt(reason)) {
            throw failure(reason);
        }
    }

    /** What a caller is told when the connection broke, or the calling thread was interrupted. */
    RuntimeException failure(IOException cause) {
        if (isInterrupt(cause)) {
            return Pause.stopped(
                    FailureType.HOST_UNREACHABLE,
                    "to wait for " + host.host(),
                    "the next attempt goes on where this one was",
                    cause);
        }
        return SshConnection.unreachable(host, cause);
    }

    private static boolean isInterrupt(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException || cause instanceof InterruptedIOException) {
                return !(cause instanceof SocketTimeoutException);
            }
        }
        return false;
    }

    /** Closes what is silent, and what has not been used for long. */
    void tend() {
        List<SshConnection> idle = new ArrayList<>();
        if (!lock.tryLock()) {
            return; // somebody connects; there is a next time
        }
        try {
            for (SshConnection connection : List.copyOf(connections)) {
                connection.closeIfSilent();
                if (connection.isIdle(IDLE)) {
                    connections.remove(connection);
                    idle.add(connection);
                }
            }
        } finally {
            lock.unlock();
        }
        idle.forEach(SshConnection::close);
    }

    void close() {
        List<SshConnection> all;
        lock.lock();
        try {
            all = List.copyOf(connections);
            connections.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(SshConnection::close);
    }
}
