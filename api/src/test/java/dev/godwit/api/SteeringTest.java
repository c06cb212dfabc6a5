package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.IN_MEMORY)
class SteeringTest {
    private static final String MIGRATIONS = "/api/v1/migrations";
    private static final String APPROVAL = "{\"plan\": \"" + Plans.HASH + "\", \"reason\": \"reviewed\"}";
    private static final String BECAUSE = "{\"reason\": \"because:\\n\\t- größer – 東 🐘\"}";

    @Inject
    EmbeddedServer server;

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

    private String started() {
        String address = start("plain");
        Waits.until(() -> http.get(address), answer -> answer.json().has("waiting"));
        return address;
    }

    @Test
    void shouldApproveAndFinish() {
        String address = started();

        Http.Answer approved = http.post(address + "/approval", APPROVAL);
        Http.Answer finished =
                Waits.until(() -> http.post(address + "/finish", BECAUSE), answer -> answer.status() == 200);

        assertThat(approved.status()).isEqualTo(200);
        assertThat(finished.json().get("outcome").asText()).isEqualTo("FINISHED");
        JsonNode status = http.get(address).json();
        assertThat(status.get("serving").asText()).isEqualTo("target");
        assertThat(status.get("pastPivot").asBoolean()).isTrue();
        assertThat(status.get("outage").asText()).isEqualTo("3s200ms");
    }

    @Test
    void shouldShowPlanInWords() {
        JsonNode steps = http.get(started()).json().get("steps");

        JsonNode link = steps.get(0);
        assertThat(link.get("does").asText()).startsWith("make a temporary key");
        assertThat(link.get("undo").asText()).startsWith("remove the key from both servers");
        assertThat(link.get("host").asText()).isEqualTo("source");
        assertThat(link.get("reversibility").asText()).isEqualTo("REVERSIBLE_UNTIL_PIVOT");
        assertThat(steps.get(3).get("pivot").asBoolean()).isTrue();
        assertThat(steps.get(3).get("reversibility").asText()).isEqualTo("IRREVERSIBLE");
    }

    @Test
    void shouldRefuseApprovalOfAnotherPlan() {
        String address = started();

        Http.Answer answer =
                http.post(address + "/approval", "{\"plan\": \"" + Plans.OTHER_HASH + "\", \"reason\": \"x\"}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.problem()).isEqualTo("call-does-not-fit");
        assertThat(answer.json().get("migration").asText()).isEqualTo(address);
    }

    @Test
    void shouldPauseAndResumeAndRecordWhoAndWhy() {
        String address = started();

        assertThat(http.post(
                                address + "/pause",
                                "{\"reason\": \"lunch\"}",
                                Map.of("Authorization", "Bearer " + TestBeans.BOB))
                        .json()
                        .get("paused")
                        .asBoolean())
                .isTrue();
        assertThat(http.post(address + "/pause", BECAUSE).status()).isEqualTo(409);
        assertThat(http.post(address + "/resume", BECAUSE).json().get("paused").asBoolean())
                .isFalse();

        JsonNode entries = http.get(address + "/history").json().get("entries");
        assertThat(entries.get(1).get("actor").asText()).isEqualTo("bob");
        assertThat(entries.get(1).get("reason").asText()).isEqualTo("lunch");
        assertThat(entries.get(2).get("actor").asText()).isEqualTo("alice");
    }

    @Test
    void shouldDoOnceWhatIsSentTwiceUnderOneKey() {
        String address = started();
        Map<String, String> key = Map.of("Idempotency-Key", "pause-1");

        Http.Answer first = http.post(address + "/pause", BECAUSE, key);
        Http.Answer second = http.post(address + "/pause", BECAUSE, key);
        Http.Answer other = http.post(address + "/resume", BECAUSE, key);

        assertThat(first.status()).isEqualTo(200);
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(other.status()).as("another command").isEqualTo(422);
        assertThat(other.problem()).isEqualTo("idempotency-key-reused");
        assertThat(http.post(address + "/pause", "{\"reason\": \"another\"}", key)
                        .status())
                .as("another body")
                .isEqualTo(422);
        assertThat(http.post(address + "/resume", BECAUSE, Map.of("Idempotency-Key", "pause"))
                        .status())
                .as("a key that only begins alike")
                .isEqualTo(200);
    }

    @Test
    void shouldGiveTheAnswerAgainAfterTheEnd() {
        String address = started();
        Map<String, String> key = Map.of("Idempotency-Key", "the-end");
        Http.Answer first = http.post(address + "/rollback", BECAUSE, key);
        Waits.until(() -> http.get(address + "/evidence"), answer -> answer.status() == 200);

        Http.Answer again = http.post(address + "/rollback", BECAUSE, key);

        assertThat(again.status()).as(again.text()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
    }

    @Test
    void shouldDecide() {
        String address = start("failing");
        Waits.until(() -> http.get(address), answer -> answer.json().has("waiting"));

        Http.Answer unknown = http.post(
                address + "/decision", "{\"step\": \"link-hosts\", \"choice\": \"explode\", \"reason\": \"x\"}");
        String offered = http.get(address).json().at("/waiting/options/0").asText();
        Http.Answer decided = http.post(
                address + "/decision",
                "{\"step\": \"link-hosts\", \"choice\": \"" + offered + "\", \"reason\": \"x\"}");

        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.json().at("/problems/0/message").asText()).contains("RETRY, SKIP, ROLL_BACK");
        assertThat(decided.status()).isEqualTo(200);
        assertThat(http.get(address + "/history").text()).contains("decided RETRY link-hosts");
    }

    @Test
    void shouldUnderstandTheWordsOfOlderScripts() {
        String address = start("failing");
        Waits.until(() -> http.get(address), answer -> answer.json().has("waiting"));

        Http.Answer decided = http.post(
                address + "/decision", "{\"step\": \"link-hosts\", \"choice\": \"roll-back\", \"reason\": \"x\"}");

        assertThat(decided.status()).as(decided.text()).isEqualTo(200);
        assertThat(http.get(address + "/history").text()).contains("decided ROLL_BACK link-hosts");
    }

    @Test
    void shouldTellLossBeforeRollbackAfterThePivot() {
        String address = started();
        http.post(address + "/approval", APPROVAL);
        Waits.until(
                () -> http.get(address),
                answer -> answer.json().get("pastPivot").asBoolean());

        Http.Answer refused = http.post(address + "/rollback", BECAUSE);
        Http.Answer accepted = http.post(address + "/rollback", "{\"acceptLoss\": true, \"reason\": \"it is broken\"}");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.problem()).isEqualTo("loses-writes");
        assertThat(refused.json().get("lossInRows").asLong()).isEqualTo(1207);
        assertThat(refused.json().get("detail").asText()).contains("acceptLoss");
        assertThat(accepted.json().get("outcome").asText()).isEqualTo("ROLLED_BACK");
    }

    @Test
    void shouldRefuseCommandsAfterTheEnd() {
        String address = started();
        http.post(address + "/rollback", BECAUSE);

        Http.Answer answer = Waits.until(() -> http.post(address + "/pause", BECAUSE), one -> one.status() == 409);

        assertThat(answer.problem()).isEqualTo("call-does-not-fit");
        assertThat(answer.json().get("detail").asText()).contains("ended");
    }

    @Test
    void shouldGiveEvidenceAfterTheEndOnly() {
        String address = started();
        Http.Answer early = http.get(address + "/evidence");
        http.post(address + "/rollback", BECAUSE);

        Http.Answer evidence = Waits.until(() -> http.get(address + "/evidence"), answer -> answer.status() == 200);

        assertThat(early.status()).isEqualTo(409);
        assertThat(early.problem()).isEqualTo("not-ended");
        assertThat(evidence.json().at("/migration/outcome").asText()).isEqualTo("ROLLED_BACK");
        assertThat(evidence.json().at("/actors").valueStream().map(JsonNode::asText))
                .containsExactly("alice", "godwit");
        assertThat(evidence.json().at("/journal")).hasSize(3);
    }

    @Test
    void shouldGiveHistoryThatReplays() throws Exception {
        String address = started();

        Http.Answer answer = http.get(address + "/history?format=temporal");

        try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance(TestBeans.options())) {
            WorkflowReplayer.replayWorkflowExecution(
                    WorkflowExecutionHistory.fromJson(answer.text()), environment, FakeMigration.class);
        }
        assertThat(answer.json().has("events")).isTrue();
    }

    @Test
    void shouldPlan() {
        Http.Answer answer = http.post("/api/v1/plans", Specs.json("plan.example.org"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("plan").asText()).isEqualTo(Plans.HASH);
        assertThat(answer.json().get("startable").asBoolean()).isTrue();
        assertThat(answer.json().get("predictedOutage").asText()).isEqualTo("4s");
        assertThat(answer.json().at("/steps/1/estimate").asText()).isEqualTo("5m");
    }

    @Test
    void shouldTellThatThePlanOfAServiceThatMovesCannotStart() {
        String id = http.post("/api/v1/migrations", Specs.json("moving.example.org"))
                .id();

        Http.Answer answer = http.post("/api/v1/plans", Specs.json("moving.example.org"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("startable").asBoolean()).isFalse();
        assertThat(answer.json().at("/findings/0/code").asText()).isEqualTo("service-moving");
        assertThat(answer.json().at("/findings/0/hint").asText()).contains(id);
    }

    @Test
    void shouldTellThatPlanCannotStart() {
        Http.Answer answer = http.post("/api/v1/plans", Specs.json("blocked.example.org"));

        assertThat(answer.json().get("startable").asBoolean()).isFalse();
        assertThat(answer.json().at("/findings/0/severity").asText()).isEqualTo("BLOCKER");
    }

    @Test
    void shouldTellThatPreflightFailed() {
        Http.Answer answer = http.post("/api/v1/plans", Specs.json("unreachable.example.org"));

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.json().get("detail").asText()).contains("HOST_UNREACHABLE: Expected to reach it");
    }
}
