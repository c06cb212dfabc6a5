package dev.godwit.activities.database.postgresql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;

/**
 * Hands pgjdbc sockets that lead through ssh. pgjdbc makes a factory by its class's name with one text: the text is the
 * name under which the way to the server was registered. It asks for a second socket when it cancels a query.
 */
public final class TunnelSocketFactory extends SocketFactory {
    private static final Map<String, Opener> WAYS = new ConcurrentHashMap<>();

    private final String way;

    /** For pgjdbc. */
    public TunnelSocketFactory(String way) {
        this.way = way;
    }

    /** Opens a socket whose other end is the server's. */
    @FunctionalInterface
    interface Opener {
        Socket open() throws IOException;
    }

    /** A way that is known until it is closed. */
    record Way(String name) implements AutoCloseable {
        @Override
        public void close() {
            WAYS.remove(name);
        }
    }

    static Way register(Opener opener) {
        String name = UUID.randomUUID().toString();
        WAYS.put(name, opener);
        return new Way(name);
    }

    @Override
    public Socket createSocket() throws IOException {
        Opener opener = WAYS.get(way);
        if (opener == null) {
            throw new IOException("Expected an open way to the database, but it was closed; connect again");
        }
        try {
            return opener.open();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return createSocket();
    }
}
