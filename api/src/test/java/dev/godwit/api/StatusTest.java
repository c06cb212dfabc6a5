package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.MigrationWorkflow;
import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import io.temporal.client.WorkflowClient;
import jakarta.inject.Inject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.IN_MEMORY)
@Property(name = "godwit.api.timeouts.status", value = "1s")
@Property(name = "godwit.api.timeouts.poll", value = "100ms")
@Property(name = "godwit.api.timeouts.keep-alive", value = "300ms")
class StatusTest {
    private static final String MIGRATIONS = "/api/v1/migrations";
    private static final String BECAUSE = "{\"reason\": \"because\"}";

    @Inject
    EmbeddedServer server;

    @Inject
    WorkflowClient client;

    @Inject
    TestBeans.AskedTokens tokens;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    private String start(String kind) {
        String id = http.post(MIGRATIONS, Specs.json(kind + "." + UUID.randomUUID() + ".example.org"))
                .id();
        return MIGRATIONS + "/" + id;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 64, 400, 4000})
    void shouldRefuseCursorThatNoPageGave(int length) {
        Http.Answer answer = http.get(MIGRATIONS + "?cursor=" + "0".repeat(length));

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("invalid-parameter");
    }

    @Test
    void shouldShowProgressAttemptAndLastFailureOfRunningStep() {
        String address = start("copying");

        JsonNode activity =
                Waits.until(() -> http.get(address).json().at("/steps/1/activity"), one -> one.has("doneBytes"));

        assertThat(activity.get("attempt").asInt()).isEqualTo(2);
        assertThat(activity.get("lastFailure").asText()).contains("the connection was lost");
        assertThat(activity.get("doing").asText()).isEqualTo("copying table orders");
        assertThat(activity.get("doneBytes").asLong()).isEqualTo(500);
        assertThat(activity.get("totalBytes").asLong()).isEqualTo(1000);
        assertThat(activity.has("timeLeft")).isTrue();
    }

    @Test
    void shouldListAndFilter() {
        String one = start("plain");
        String two = start("plain");
        http.post(two + "/rollback", BECAUSE);
        Waits.until(() -> http.get(two), answer -> answer.json().has("outcome"));
        String service = http.get(one).json().get("service").asText();

        // The index follows what happens, it is not part of it.
        Waits.until(() -> ids("?limit=100&outcome=ROLLED_BACK"), found -> found.contains(id(two)));
        Waits.until(() -> ids("?limit=100&phase=REHEARSE"), found -> found.containsAll(List.of(id(one), id(two))));

        assertThat(ids("?limit=100")).contains(id(one), id(two));
        assertThat(ids("?limit=100&outcome=ROLLED_BACK")).doesNotContain(id(one));
        assertThat(ids("?limit=100&outcome=OPEN")).contains(id(one)).doesNotContain(id(two));
        assertThat(ids("?service=" + service)).containsExactly(id(one));
        assertThat(ids("?limit=100&phase=FINISH")).isEmpty();
    }

    @Test
    void shouldPage() {
        List<String> started = List.of(id(start("plain")), id(start("plain")), id(start("plain")));

        Waits.until(() -> ids("?limit=100"), all -> all.containsAll(started));
        List<String> found = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = http.get(MIGRATIONS + "?limit=2" + cursor).json();
            // The engine learns only by asking that nothing follows a page that is full: the last one can be empty.
            assertThat(page.get("migrations").size()).isBetween(page.has("next") ? 1 : 0, 2);
            page.get("migrations").forEach(one -> found.add(one.get("id").asText()));
            cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : "";
        } while (!cursor.isEmpty());

        assertThat(found).containsAll(started).doesNotHaveDuplicates();
    }

    @Test
    void shouldStreamEveryChangeUntilTheEnd() throws Exception {
        String address = start("plain");
        Waits.until(() -> http.get(address), answer -> answer.json().has("waiting"));
        List<String> lines = new ArrayList<>();

        try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor();
                Stream<String> stream = events(address)) {
            Future<?> end = reader.submit(() -> stream.forEach(line -> {
                synchronized (lines) {
                    lines.add(line);
                }
            }));
            Waits.until(() -> copy(lines), all -> all.contains(": alive"));
            http.post(address + "/pause", BECAUSE);
            Waits.until(() -> data(copy(lines)), all -> all.size() == 2);
            http.post(address + "/rollback", BECAUSE);
            end.get();
        }

        List<JsonNode> statuses = data(lines);
        assertThat(lines).contains("event: status");
        assertThat(statuses.get(0).get("paused").asBoolean()).isFalse();
        assertThat(statuses.get(1).get("paused").asBoolean()).isTrue();
        assertThat(statuses.getLast().get("outcome").asText()).isEqualTo("ROLLED_BACK");
        assertThat(statuses).doesNotHaveDuplicates();
    }

    @Test
    void shouldStreamProgress() {
        try (Stream<String> stream = events(start("copying"))) {
            assertThat(stream.filter(line -> line.startsWith("data: "))
                            .filter(line -> line.contains("\"doneBytes\":500"))
                            .findFirst())
                    .isPresent();
        }
    }

    @Test
    void shouldStreamOneStatusOfMigrationThatHasEnded() {
        String address = start("plain");
        http.post(address + "/rollback", BECAUSE);
        Waits.until(() -> http.get(address), answer -> answer.json().has("outcome"));

        try (Stream<String> stream = events(address)) {
            assertThat(data(stream.toList())).hasSize(1);
        }
    }

    @Test
    void shouldNotStreamUnknownMigration() {
        assertThat(http.get(MIGRATIONS + "/x/events").status()).isEqualTo(404);
    }

    @Test
    void shouldTellThatAWorkflowWasEndedFromOutside() {
        String address = start("plain");
        Waits.until(() -> http.get(address), answer -> answer.json().has("waiting"));
        String service = http.get(address).json().get("service").asText();

        client.newUntypedWorkflowStub(MigrationWorkflow.workflowId(service)).terminate("by hand");

        JsonNode status = Waits.until(
                        () -> http.get(address), answer -> answer.json().has("endedAt"))
                .json();
        assertThat(status.has("outcome")).isFalse();
        assertThat(status.get("note").asText()).contains("TERMINATED", "nothing was put back");
        assertThat(status.has("waiting")).as("nobody waits any more").isFalse();
        try (Stream<String> stream = events(address)) {
            assertThat(data(stream.toList())).as("the stream ends").hasSize(1);
        }
    }

    @Test
    void shouldAskForTokensWhereItMayWait() {
        http.get(MIGRATIONS);

        assertThat(tokens.thread()).isNotEmpty().doesNotContainIgnoringCase("eventloop");
    }

    @Test
    void shouldTellThatAllPartsAreThere() {
        Http.Answer answer = http.get("/api/v1/health");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("healthy").asBoolean()).isTrue();
    }

    private Stream<String> events(String address) {
        HttpRequest request = HttpRequest.newBuilder(http.address(address + "/events"))
                .header("Authorization", "Bearer " + TestBeans.ALICE)
                .header("Accept", "text/event-stream")
                .build();
        HttpResponse<Stream<String>> response = http.client()
                .sendAsync(request, HttpResponse.BodyHandlers.ofLines())
                .join();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        return response.body();
    }

    private static List<String> copy(List<String> lines) {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    private static List<JsonNode> data(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("data: "))
                .map(line -> GodwitJson.read(line.substring("data: ".length())))
                .toList();
    }

    private List<String> ids(String query) {
        return http.get(MIGRATIONS + query)
                .json()
                .get("migrations")
                .valueStream()
                .map(one -> one.get("id").asText())
                .toList();
    }

    private static String id(String address) {
        return address.substring(address.lastIndexOf('/') + 1);
    }
}
