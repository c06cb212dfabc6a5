package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.step.TaskQueue;
import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.WorkerFactory;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.WITHOUT_WORKER)
@Property(name = "godwit.api.timeouts.status", value = "500ms")
@Property(name = "godwit.api.timeouts.command", value = "500ms")
@Property(name = "godwit.api.timeouts.preflight", value = "1s")
class WithoutWorkerTest {
    private static final String MIGRATIONS = "/api/v1/migrations";

    @Inject
    EmbeddedServer server;

    @Inject
    WorkflowClient client;

    Http http;

    @BeforeEach
    void connect() {
        http = new Http(server);
    }

    private String start(String service) {
        return MIGRATIONS + "/" + http.post(MIGRATIONS, Specs.json(service)).id();
    }

    @Test
    void shouldTellWhatTheEngineKnowsWhenNoWorkerAnswers() {
        Http.Answer status = http.get(start("a.example.org"));

        assertThat(status.status()).isEqualTo(200);
        assertThat(status.json().get("partial").asBoolean()).isTrue();
        assertThat(status.json().get("phase").asText()).isEqualTo("PREFLIGHT");
        assertThat(status.json().get("serving").asText()).isEqualTo("source");
        assertThat(status.json().get("pastPivot").asBoolean()).isFalse();
        assertThat(status.json().get("note").asText()).contains("no worker answered");
    }

    @Test
    void shouldTellHowACancelledMigrationEndedWhenNoWorkerAnswers() {
        String address = start("g.example.org");
        untilItsWorkerLeaves(() -> {
            Waits.until(() -> http.get(address), answer -> answer.json().has("waiting"));
            client.newUntypedWorkflowStub(MigrationWorkflow.workflowId("g.example.org"))
                    .cancel();
            Waits.until(() -> http.get(address), answer -> answer.json().has("outcome"));
        });

        JsonNode status = partial(address);

        assertThat(status.get("outcome").asText()).isEqualTo("ROLLED_BACK");
        assertThat(status.get("serving").asText()).isEqualTo("source");
        assertThat(status.get("note").asText()).contains("ROLLED_BACK").doesNotContain("nothing was put back");
    }

    @Test
    void shouldSayThatNobodyKnowsWhoServesWhenNoWorkerAnswersInTheCutover() {
        String address = start("switching.example.org");
        untilItsWorkerLeaves(() -> awaitPhase(address, "CUTOVER"));

        JsonNode status = partial(address);

        assertThat(status.get("phase").asText()).isEqualTo("CUTOVER");
        assertThat(status.get("serving").asText()).isEqualTo("unknown");
        assertThat(status.has("pastPivot")).isFalse();
        assertThat(status.get("note").asText()).contains("look at the servers to see who serves");
    }

    @Test
    void shouldSayThatItMayBeGoingBackWhenNoWorkerAnswersInTheSoak() {
        String address = start("i.example.org");
        untilItsWorkerLeaves(() -> {
            awaitPhase(address, "REHEARSE");
            http.post(address + "/approval", "{\"plan\": \"" + Plans.HASH + "\", \"reason\": \"go\"}");
            awaitPhase(address, "SOAK");
        });

        JsonNode status = partial(address);

        assertThat(status.get("serving").asText()).isEqualTo("unknown");
        assertThat(status.get("pastPivot").asBoolean()).isTrue();
        assertThat(status.get("note").asText()).contains("in its SOAK", "look at the servers to see who serves");
    }

    private void untilItsWorkerLeaves(Runnable work) {
        WorkerFactory workers = WorkerFactory.newInstance(client);
        workers.newWorker(TaskQueue.NAME).registerWorkflowImplementationTypes(FakeMigration.class);
        workers.start();
        work.run();
        workers.shutdownNow();
        workers.awaitTermination(10, TimeUnit.SECONDS);
    }

    private void awaitPhase(String address, String phase) {
        Waits.until(
                () -> http.get(address),
                answer -> answer.json().get("phase").asText().equals(phase)
                        && !answer.json().get("partial").asBoolean());
    }

    private JsonNode partial(String address) {
        return Waits.until(
                        () -> http.get(address),
                        answer -> answer.json().get("partial").asBoolean())
                .json();
    }

    @Test
    void shouldStartAndFindRepeatedStart() {
        Http.Answer first = http.post(MIGRATIONS, Specs.json("b.example.org"), Map.of("Idempotency-Key", "b"));
        Http.Answer again = http.post(MIGRATIONS, Specs.json("b.example.org"), Map.of("Idempotency-Key", "b"));

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.id()).isEqualTo(first.id());
    }

    @Test
    void shouldTellThatNobodyCanTellTheHistory() {
        Http.Answer answer = http.get(start("c.example.org") + "/history");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("no-worker");
    }

    @Test
    void shouldGiveRawHistoryWithoutWorker() {
        assertThat(http.get(start("d.example.org") + "/history?format=temporal").status())
                .isEqualTo(200);
    }

    @Test
    void shouldTellThatCommandWasNotTakenInTime() {
        Http.Answer answer = http.post(start("e.example.org") + "/pause", "{\"reason\": \"x\"}");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.problem()).isEqualTo("timed-out");
        assertThat(answer.json().has("migration")).isTrue();
    }

    @Test
    void shouldTellWhereAStartIsFoundWhosePlanDidNotComeInTime() {
        Http.Answer answer = http.post(MIGRATIONS, Specs.start("h.example.org", ", \"plan\": \"" + Plans.HASH + "\""));

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.json().get("migration").asText()).startsWith(MIGRATIONS + "/h.example.org");
    }

    @Test
    void shouldTellThatPlanDidNotComeInTime() {
        Http.Answer answer = http.post("/api/v1/plans", Specs.json("f.example.org"));

        assertThat(answer.status()).isEqualTo(504);
    }
}
