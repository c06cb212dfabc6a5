package dev.godwit.activities.http;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A small web server whose answer can be changed while it runs. */
public final class TestSite implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile HttpHandler handler;

    /**
     * Starts it.
     *
     * @param port 0 for any
     * @param tls null for plain HTTP
     */
    public TestSite(String address, int port, @Nullable SSLContext tls, HttpHandler first) throws IOException {
        InetSocketAddress place = new InetSocketAddress(address, port);
        if (tls == null) {
            server = HttpServer.create(place, 50);
        } else {
            HttpsServer https = HttpsServer.create(place, 50);
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = https;
        }
        handler = first;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            handler.handle(exchange);
        });
        server.start();
    }

    /** Answers with a status and a text; headers are name, value, name, value. */
    public static HttpHandler answer(int status, String text, String... headers) {
        return exchange -> {
            for (int index = 0; index < headers.length; index += 2) {
                exchange.getResponseHeaders().add(headers[index], headers[index + 1]);
            }
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        };
    }

    /** From now on it answers so. */
    public void becomes(HttpHandler next) {
        handler = next;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** How many questions came. */
    public int asked() {
        return asked.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
