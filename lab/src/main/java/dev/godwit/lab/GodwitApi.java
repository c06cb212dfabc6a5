package dev.godwit.lab;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.godwit.api.migration.EvidenceView;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.api.problem.Problem;
import dev.godwit.workflows.json.GodwitJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Godwit's API as a client outside uses it: HTTP and JSON, nothing else. */
public final class GodwitApi {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** A plan looks at two servers first. */
    private static final Duration ANSWER = Duration.ofMinutes(6);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final URI url;
    private final String token;

    public GodwitApi(URI url, String token) {
        this.url = url;
        this.token = token;
    }

    /** What it says about itself: 200 if it can work; 0 if nobody answers. */
    int health() {
        try {
            return send(request("/health").timeout(CONNECT).GET().build()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** What was found on the servers and the steps that would run. */
    PlanView plan(String yaml) throws IOException, InterruptedException {
        return answer(
                request("/plans")
                        .header("Content-Type", "application/yaml")
                        .POST(HttpRequest.BodyPublishers.ofString(yaml)),
                PlanView.class);
    }

    /**
     * Starts a migration.
     *
     * @param plan the hash of the plan that was reviewed; null for none
     * @param key the same key again does nothing a second time
     */
    MigrationView start(JsonNode spec, @Nullable String plan, String key, String reason)
            throws IOException, InterruptedException {
        ObjectNode body = reason(reason);
        if (plan != null) {
            body.put("plan", plan);
        }
        body.set("spec", spec);
        return answer(post("/migrations", body).header("Idempotency-Key", key), MigrationView.class);
    }

    public MigrationView status(String id) throws IOException, InterruptedException {
        return answer(request("/migrations/" + id).GET(), MigrationView.class);
    }

    MigrationView approve(String id, String plan, String reason) throws IOException, InterruptedException {
        return steer(id, "approval", reason(reason).put("plan", plan));
    }

    MigrationView pause(String id, String reason) throws IOException, InterruptedException {
        return steer(id, "pause", reason(reason));
    }

    MigrationView resume(String id, String reason) throws IOException, InterruptedException {
        return steer(id, "resume", reason(reason));
    }

    /** Decides about a step whose retries have ended: {@code retry}, {@code skip} or {@code roll-back}. */
    MigrationView decide(String id, String step, String choice, String reason)
            throws IOException, InterruptedException {
        return steer(id, "decision", reason(reason).put("step", step).put("choice", choice));
    }

    MigrationView finish(String id, String reason) throws IOException, InterruptedException {
        return steer(id, "finish", reason(reason));
    }

    /** Puts the source back; after the pivot only if the loss is accepted. */
    MigrationView rollBack(String id, boolean acceptLoss, String reason) throws IOException, InterruptedException {
        return steer(id, "rollback", reason(reason).put("acceptLoss", acceptLoss));
    }

    EvidenceView evidence(String id) throws IOException, InterruptedException {
        return answer(request("/migrations/" + id + "/evidence").GET(), EvidenceView.class);
    }

    /**
     * Follows the events of a migration until its status is as it should be. A stream that ends before, or cannot be had while
     * Godwit's engine is away, is opened again.
     *
     * @param watcher sees every status
     * @return the status that fits
     */
    MigrationView follow(
            String id, Duration atMost, Consumer<MigrationView> watcher, Predicate<MigrationView> condition)
            throws IOException, InterruptedException {
        HttpRequest request = request("/migrations/" + id + "/events")
                .header("Accept", "text/event-stream")
                .GET()
                .build();
        return new StatusStream(client, request, watcher, condition).await(atMost);
    }

    /**
     * Any call, and its answer as it came.
     *
     * @param type of the body; null for no body
     */
    HttpResponse<String> call(String method, String path, @Nullable String type, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).timeout(ANSWER);
        if (type == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", type).method(method, HttpRequest.BodyPublishers.ofString(body));
        }
        return send(request.build());
    }

    private MigrationView steer(String id, String call, ObjectNode body) throws IOException, InterruptedException {
        return answer(post("/migrations/" + id + "/" + call, body), MigrationView.class);
    }

    private static ObjectNode reason(String reason) {
        return GodwitJson.mapper().createObjectNode().put("reason", reason);
    }

    private HttpRequest.Builder post(String path, ObjectNode body) {
        return request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(GodwitJson.write(body)));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve("/api/v1" + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private <T> T answer(HttpRequest.Builder builder, Class<T> type) throws IOException, InterruptedException {
        HttpRequest request = builder.timeout(ANSWER).build();
        HttpResponse<String> response = send(request);
        if (response.statusCode() / 100 == 2) {
            return GodwitJson.mapper().readValue(response.body(), type);
        }
        throw new ApiException(
                request.method() + " " + request.uri().getPath(), response.statusCode(), problem(response));
    }

    private static Problem problem(HttpResponse<String> response) throws IOException {
        try {
            return GodwitJson.mapper().readValue(response.body(), Problem.class);
        } catch (JacksonException e) {
            throw new IOException(
                    "Expected problem details, but found status " + response.statusCode() + " with: " + response.body(),
                    e);
        }
    }
}
