package dev.godwit.app.engine;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/** A web server on loopback that has one file. */
final class OneFileServer implements AutoCloseable {
    private final HttpServer server;
    private final CountDownLatch enough = new CountDownLatch(1);

    private OneFileServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    static OneFileServer of(byte[] content) throws IOException {
        return answering(exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
    }

    static OneFileServer answering(HttpHandler handler) throws IOException {
        return new OneFileServer().start(handler);
    }

    /** Says how long the file is, gives some bytes of it, and no more. */
    static OneFileServer stallingAfter(int bytes, byte[] content) throws IOException {
        OneFileServer server = new OneFileServer();
        return server.start(exchange -> {
            if (bytes > 0) {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content, 0, bytes);
                exchange.getResponseBody().flush();
            }
            server.awaitEnd();
            exchange.close();
        });
    }

    private OneFileServer start(HttpHandler handler) {
        server.createContext("/", handler);
        server.start();
        return this;
    }

    private void awaitEnd() {
        try {
            enough.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/archive");
    }

    @Override
    public void close() {
        // It waits for those who answer.
        enough.countDown();
        server.stop(0);
    }
}
