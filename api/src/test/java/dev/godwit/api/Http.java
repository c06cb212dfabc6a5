package dev.godwit.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Speaks to the API over a real connection. */
final class Http {
    static final String JSON = "application/json";
    static final String YAML = "application/yaml";

    private final URI base;
    private final HttpClient client = HttpClient.newHttpClient();

    private final Contract contract;

    Http(EmbeddedServer server) {
        this.base = server.getURI();
        this.contract = new Contract(
                exchange(HttpRequest.newBuilder(base.resolve("/openapi.json")).build())
                        .text());
    }

    Contract contract() {
        return contract;
    }

    /** An answer. */
    record Answer(int status, Map<String, String> headers, String text) {
        JsonNode json() {
            return GodwitJson.read(text);
        }

        Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(java.util.Locale.ROOT)));
        }

        String id() {
            return json().get("id").asText();
        }

        String problem() {
            return json().get("type").asText().replace("urn:godwit:problem:", "");
        }
    }

    Answer get(String path) {
        return send("GET", path, null, Map.of());
    }

    Answer post(String path, String body) {
        return post(path, body, Map.of());
    }

    Answer post(String path, String body, Map<String, String> headers) {
        return send("POST", path, body, headers);
    }

    Answer send(String method, String path, @Nullable String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + TestBeans.ALICE);
        if (body != null) {
            request.header("Content-Type", JSON);
        }
        headers.forEach((name, value) -> {
            if (value.isEmpty()) {
                request.setHeader(name, "none");
            } else {
                request.setHeader(name, value);
            }
        });
        Answer answer = exchange(request.build());
        contract.check(method, path, answer);
        return answer;
    }

    Answer exchange(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            Map<String, String> headers = new java.util.HashMap<>();
            response.headers().map().forEach((name, values) -> headers.put(name, String.join(", ", values)));
            return new Answer(response.statusCode(), headers, response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpClient client() {
        return client;
    }

    URI address(String path) {
        return base.resolve(path);
    }
}
