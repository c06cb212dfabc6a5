package dev.godwit.activities.host;

import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.DisconnectReason;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.connection.ConnectionException;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;
import net.schmizz.sshj.connection.channel.direct.Session;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;

/** One ssh connection that is logged in, with a heartbeat that closes it when the server is silent. */
final class SshConnection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    /** Silence after which a connection counts as lost: three heartbeats without an answer, and a little. */
    private static final Duration SILENCE = Duration.ofSeconds(18);

    private final SSHClient client;
    private final PinnedHostKey.Kind hostKeyKind;
    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger tunnels = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int sessionLimit;
    private volatile long lastAnswer = System.nanoTime();
    private volatile boolean proven;
    private volatile long lastUse = System.nanoTime();

    private SshConnection(SSHClient client, PinnedHostKey.Kind hostKeyKind, int sessionLimit) {
        this.client = client;
        this.hostKeyKind = hostKeyKind;
        this.sessionLimit = sessionLimit;
        Thread.ofVirtual().name("godwit-ssh-heartbeat").start(this::beat);
    }

    /**
     * Opens a connection and logs in.
     *
     * @param likely the kind of host key that matched last time
     * @param sessionLimit how many sessions it may carry; OpenSSH allows ten by default (MaxSessions)
     */
    static SshConnection open(HostSpec host, Secrets secrets, PinnedHostKey.Kind likely, int sessionLimit) {
        Set<PinnedHostKey.Kind> kinds = new LinkedHashSet<>();
        kinds.add(likely);
        kinds.addAll(List.of(PinnedHostKey.Kind.values()));
        Set<String> found = new LinkedHashSet<>();
        for (PinnedHostKey.Kind kind : kinds) {
            PinnedHostKey hostKey = new PinnedHostKey(host.ssh().hostKey(), kind);
            SSHClient client = client(hostKey);
            try {
                client.connect(host.address(), host.ssh().port());
                logIn(client, host, secrets);
                return new SshConnection(client, kind, sessionLimit);
            } catch (ApplicationFailure e) {
                disconnect(client);
                throw e;
            } catch (TransportException e) {
                disconnect(client);
                if (e.getDisconnectReason() != DisconnectReason.HOST_KEY_NOT_VERIFIABLE) {
                    throw unreachable(host, e);
                }
                found.addAll(hostKey.found());
            } catch (IOException e) {
                disconnect(client);
                throw unreachable(host, e);
            }
        }
        throw FailureType.HOST_KEY_CHANGED.because(
                "Expected the host key " + host.ssh().hostKey() + " from "
                        + where(host) + ", but found " + String.join(", ", found)
                        + "; if the key was changed on purpose, compare"
                        + " with ssh-keygen -lf on the server's console and put the new fingerprint into the spec, else"
                        + " somebody may be in between");
    }

    private static SSHClient client(PinnedHostKey hostKey) {
        SSHClient client = new SSHClient(SshConfig.INSTANCE);
        client.addHostKeyVerifier(hostKey);
        client.setSocketFactory(new PromptSockets());
        client.setConnectTimeout(Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
        client.setTimeout(Math.toIntExact(ANSWER_TIMEOUT.toMillis()));
        client.getTransport().setTimeoutMs(Math.toIntExact(ANSWER_TIMEOUT.toMillis()));
        client.getConnection().setTimeoutMs(Math.toIntExact(ANSWER_TIMEOUT.toMillis()));
        return client;
    }

    private static void logIn(SSHClient client, HostSpec host, Secrets secrets) throws IOException {
        SshLogin login = host.ssh();
        KeyProvider key;
        try {
            key = client.loadKeys(secrets.get(login.key()), null, null);
            key.getPublic();
        } catch (IOException e) {
            // The cause is left out: a parser's message may repeat what it could not read.
            throw secrets.unavailable("Expected " + login.key()
                    + " to hold a private key in OpenSSH or PEM form without a passphrase, but found something else;"
                    + " store the whole file that ssh-keygen made");
        }
        try {
            client.authPublickey(login.user(), key);
        } catch (UserAuthException e) {
            if (isLost(e)) {
                throw unreachable(host, e);
            }
            throw FailureType.LOGIN_REFUSED.because(
                    "Expected " + where(host) + " to let " + login.user() + " in with " + login.key()
                            + ", but found that it refuses; add the public key to the account's authorized_keys"
                            + (login.user().equals("root") ? " and see that PermitRootLogin allows keys" : ""),
                    e);
        }
    }

    /** Whether the connection broke during the login, which is no refusal. */
    private static boolean isLost(UserAuthException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransportException
                    || cause instanceof TimeoutException
                    || (cause instanceof IOException && !(cause instanceof SSHException))) {
                return true;
            }
        }
        return false;
    }

    /** The failure for a connection that could not be made or was lost. */
    static ApplicationFailure unreachable(HostSpec host, IOException cause) {
        return FailureType.HOST_UNREACHABLE.because(
                "Expected " + where(host) + " to answer by ssh, but found: " + reason(cause)
                        + "; see that the server runs and that the network and its firewall let Godwit through",
                cause);
    }

    static String where(HostSpec host) {
        return host.host() + " (" + host.address() + " port " + host.ssh().port() + ")";
    }

    static String reason(Throwable cause) {
        Throwable innermost = cause;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null ? innermost.getClass().getSimpleName() : message;
    }

    PinnedHostKey.Kind hostKeyKind() {
        return hostKeyKind;
    }

    boolean isAlive() {
        return client.isConnected();
    }

    /** Takes a place for a session if one is free. */
    boolean reserve() {
        int limit = sessionLimit;
        int before = sessions.getAndUpdate(count -> count < limit ? count + 1 : count);
        return before < limit;
    }

    void release() {
        lastUse = System.nanoTime();
        sessions.decrementAndGet();
    }

    /** Whether it has never carried a session yet. */
    boolean isNew() {
        return !proven;
    }

    /**
     * The server allows fewer sessions than expected: those that are open now are the most it takes.
     *
     * @return that number; 0 if it takes none at all
     */
    int full() {
        int open = sessions.get() - 1;
        sessionLimit = Math.max(1, open);
        return open;
    }

    boolean isIdle(Duration since) {
        return sessions.get() == 0 && tunnels.get() == 0 && System.nanoTime() - lastUse > since.toNanos();
    }

    /** Opens a session channel, for which a place was reserved. */
    Session session() throws SSHException {
        lastUse = System.nanoTime();
        try {
            Session session = client.startSession();
            proven = true;
            return session;
        } catch (IllegalStateException e) {
            throw new TransportException("the connection was lost", e);
        }
    }

    /** Opens a channel to a TCP port as the server reaches it. */
    DirectConnection tunnel(String address, int port) throws IOException {
        lastUse = System.nanoTime();
        try {
            DirectConnection tunnel = client.newDirectConnection(address, port);
            tunnels.incrementAndGet();
            return tunnel;
        } catch (IllegalStateException e) {
            throw new TransportException("the connection was lost", e);
        }
    }

    void tunnelClosed() {
        lastUse = System.nanoTime();
        tunnels.decrementAndGet();
    }

    void close() {
        closed.countDown();
        disconnect(client);
    }

    /** Closes the connection if the server has been silent for too long. Safe to call while a write is stuck. */
    void closeIfSilent() {
        if (System.nanoTime() - lastAnswer > SILENCE.toNanos()) {
            Socket socket = client.getSocket();
            if (socket != null) {
                try {
                    // Not through sshj: its farewell would wait for the lock that the stuck write holds.
                    socket.close();
                } catch (IOException e) {
                    // It is gone, which is what was wanted.
                    return;
                }
            }
        }
    }

    /** Asks for a sign of life as OpenSSH does: a global request that nobody knows, which must be answered. */
    private void beat() {
        try {
            do {
                if (answers()) {
                    lastAnswer = System.nanoTime();
                }
            } while (client.isConnected() && !closed.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TransportException e) {
            // Lost; whoever uses the connection is told by sshj.
            disconnect(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean answers() throws TransportException {
        try {
            client.getConnection()
                    .sendGlobalRequest("keepalive@openssh.com", true, new byte[0])
                    .retrieve(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ConnectionException e) {
            // A refusal is an answer too; OpenSSH refuses what it does not know. A time-out is none.
            return client.isConnected() && !isTimeout(e);
        }
    }

    private static boolean isTimeout(ConnectionException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    private static void disconnect(SSHClient client) {
        try {
            client.disconnect();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
            return;
        }
    }

    /** Sockets that send each packet at once: ssh packets are small, and someone waits for each answer. */
    private static final class PromptSockets extends SocketFactory {
        @Override
        public Socket createSocket() throws IOException {
            Socket socket = new Socket();
            socket.setTcpNoDelay(true);
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException("Expected sshj to connect the socket itself");
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException("Expected sshj to connect the socket itself");
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException("Expected sshj to connect the socket itself");
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException("Expected sshj to connect the socket itself");
        }
    }
}
