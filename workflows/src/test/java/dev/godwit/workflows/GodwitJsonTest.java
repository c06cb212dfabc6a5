package dev.godwit.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.dns.DnsProvider;
import dev.godwit.workflows.dns.Rfc2136Provider;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.Side;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

class GodwitJsonTest {
    private record Sample(Duration time, Instant at, Side side, SecretRef key) {}

    @Test
    void shouldWriteTimesSidesAndSecretsAsPeopleDo() {
        Sample sample = new Sample(
                Duration.ofSeconds(90), Instant.parse("2026-11-21T10:00:00Z"), Side.SOURCE, new SecretRef("ops"));

        String json = GodwitJson.mapper().writeValueAsString(sample);

        assertThat(json)
                .isEqualTo(
                        "{\"time\":\"1m30s\",\"at\":\"2026-11-21T10:00:00Z\",\"side\":\"source\",\"key\":\"secret:ops\"}");
        assertThat(GodwitJson.mapper().readValue(json, Sample.class)).isEqualTo(sample);
    }

    @Test
    void shouldIgnoreFieldsOfALaterVersion() {
        assertThat(GodwitJson.mapper().readValue("{\"decision\":\"1m\",\"later\":{\"a\":[1]}}", Budget.class))
                .isEqualTo(new Budget(null, Duration.ofMinutes(1)));
    }

    @Test
    void shouldLeaveOutWhatIsNull() {
        assertThat(GodwitJson.mapper().writeValueAsString(Budget.DEFAULT)).isEqualTo("{\"decision\":\"5m\"}");
    }

    @Test
    void shouldNameTheKindOfARecord() {
        DnsProvider provider = new Rfc2136Provider("10.66.0.53", 0, new SecretRef("tsig"));

        assertThat(GodwitJson.mapper().writerFor(DnsProvider.class).writeValueAsString(provider))
                .isEqualTo("{\"rfc2136\":{\"server\":\"10.66.0.53\",\"port\":53,\"key\":\"secret:tsig\"}}");
        assertThat(GodwitJson.mapper()
                        .readValue("{\"engine\":\"postgresql\",\"name\":\"shop\"}", DatabaseSpec.class)
                        .name())
                .isEqualTo("shop");
    }

    @Test
    void shouldNotRepeatASecretThatStandsInItsReferencesPlace() {
        assertThatThrownBy(() -> GodwitJson.mapper()
                        .readValue("{\"rfc2136\":{\"server\":\"10.0.0.1\",\"key\":\"hunter2\"}}", DnsProvider.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("Expected a reference written 'secret:name'")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void shouldRefuseADurationThatIsNone() {
        assertThatThrownBy(() -> GodwitJson.mapper().readValue("{\"decision\":\"soon\"}", Budget.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("Expected a duration such as");
    }
}
