package dev.godwit.app.engine;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file from the web, with an end to waiting: the client's own time-outs end with the headers, and a body may stall. */
final class Download {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final URI url;
    private final Path file;
    private final Instant started = Instant.now();
    private Instant grown = started;
    private Instant told = started;
    private long size;

    private Download(URI url, Path file) {
        this.url = url;
        this.file = file;
    }

    /**
     * Downloads a file.
     *
     * @param silence the longest time without a byte, the one before the first included
     * @param total the longest time for all of it
     * @throws IOException if it did not come, or not in time
     */
    static void fetch(URI url, Path file, Duration silence, Duration total) throws IOException {
        // Closing it would wait for a look-up of the name that hangs.
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        try {
            new Download(url, file).await(send(client, url, file), silence, total);
        } finally {
            client.shutdownNow();
        }
    }

    private static CompletableFuture<HttpResponse<Path>> send(HttpClient client, URI url, Path file) {
        return client.sendAsync(
                HttpRequest.newBuilder(url).build(),
                answer -> answer.statusCode() == 200 ? BodySubscribers.ofFile(file) : BodySubscribers.replacing(file));
    }

    private void await(CompletableFuture<HttpResponse<Path>> answer, Duration silence, Duration total)
            throws IOException {
        try {
            while (true) {
                try {
                    requireOk(answer.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
                    return;
                } catch (TimeoutException _) {
                    look(silence, total);
                }
            }
        } catch (ExecutionException e) {
            throw new IOException("Expected an answer from " + url + ", but found " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void requireOk(HttpResponse<Path> response) throws IOException {
        if (response.statusCode() != 200) {
            throw new IOException("Expected 200 from " + url + ", but found " + response.statusCode());
        }
    }

    private void look(Duration silence, Duration total) throws IOException {
        Instant now = Instant.now();
        long found = Files.exists(file) ? Files.size(file) : 0;
        if (found > size) {
            size = found;
            grown = now;
        }
        if (Duration.between(grown, now).compareTo(silence) > 0) {
            throw new IOException("Expected more of " + url + " within " + silence.toSeconds() + " s, but found " + size
                    + " bytes and no more");
        }
        if (Duration.between(started, now).compareTo(total) > 0) {
            throw new IOException(
                    "Expected all of " + url + " within " + total.toSeconds() + " s, but found " + size + " bytes");
        }
        if (Duration.between(told, now).compareTo(Programs.SAY_EVERY) > 0) {
            told = now;
            LOG.info("Still downloading: {} MB so far", size >> 20);
        }
    }
}
