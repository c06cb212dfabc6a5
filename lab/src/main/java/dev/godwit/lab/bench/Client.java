package dev.godwit.lab.bench;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.lab.GodwitProcess;
import dev.godwit.workflows.json.GodwitJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Starts migrations as a script does, with nothing between it and the clock. */
final class Client implements AutoCloseable {
    private static final int CREATED = 201;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final String token;

    Client(GodwitProcess godwit) throws IOException {
        this(godwit.url(), godwit.tokenFile());
    }

    Client(URI url, Path tokenFile) throws IOException {
        this.url = url;
        token = Files.readString(tokenFile).strip();
    }

    /** Starts one; the id. */
    String start(String yaml) throws InterruptedException {
        return id(startSoon(yaml).join());
    }

    /** Sends a start, and does not wait for the answer. */
    CompletableFuture<HttpResponse<String>> startSoon(String yaml) {
        return client.sendAsync(
                HttpRequest.newBuilder(url.resolve("/api/v1/migrations"))
                        .timeout(Duration.ofMinutes(1))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/yaml")
                        .POST(BodyPublishers.ofString(yaml))
                        .build(),
                BodyHandlers.ofString());
    }

    static boolean isStarted(HttpResponse<String> answer) {
        return answer.statusCode() == CREATED;
    }

    private static String id(HttpResponse<String> answer) {
        if (!isStarted(answer)) {
            throw new IllegalStateException(
                    "Expected a migration to start (201), but found " + answer.statusCode() + ": " + answer.body());
        }
        return GodwitJson.read(answer.body(), MigrationView.class).id();
    }

    @Override
    public void close() {
        client.close();
    }
}
