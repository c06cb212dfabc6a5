package dev.godwit.activities.proxy.nginx;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that keeps its connections open, and hangs up on the second request of each without a word: as one does that
 * closes an idle connection in the moment in which a request is sent on it.
 */
final class ImpatientTarget implements AutoCloseable {
    private final ServerSocket socket;
    private final List<String> answered = new CopyOnWriteArrayList<>();
    private final AtomicInteger hungUp = new AtomicInteger();

    ImpatientTarget(String address, int port) throws IOException {
        socket = new ServerSocket(port, 50, InetAddress.getByName(address));
        Thread.startVirtualThread(this::accept);
    }

    /** The requests that were answered, by method. */
    List<String> answered() {
        return answered;
    }

    /** How often a second request found the connection closed. */
    int hungUp() {
        return hungUp.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                Thread.startVirtualThread(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            in.readNBytes(length(head));
            answered.add(head.substring(0, head.indexOf(' ')));
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.UTF_8));
            if (!head(in).isEmpty()) {
                hungUp.incrementAndGet();
            }
        } catch (IOException e) {
            // The other end has closed it.
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.toLowerCase(Locale.ROOT)
                .lines()
                .filter(line -> line.startsWith("content-length:"))
                .map(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
