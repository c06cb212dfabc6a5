package dev.godwit.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.dns.DnsProvider;
import dev.godwit.workflows.dns.Rfc2136Provider;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Budget;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GodwitJsonTest {
    private record Sample(Duration time, Instant at, Side side, SecretRef key) {}

    @Test
    void shouldWriteTimesSidesAndSecretsAsPeopleDo() {
        Sample sample = new Sample(
                Duration.ofSeconds(90), Instant.parse("2026-11-21T10:00:00Z"), Side.SOURCE, new SecretRef("ops"));

        String json = GodwitJson.write(sample);

        assertThat(json)
                .isEqualTo(
                        "{\"time\":\"1m30s\",\"at\":\"2026-11-21T10:00:00Z\",\"side\":\"source\",\"key\":\"secret:ops\"}");
        assertThat(GodwitJson.read(json, Sample.class)).isEqualTo(sample);
    }

    @Test
    void shouldIgnoreFieldsOfALaterVersion() {
        assertThat(GodwitJson.read("{\"decision\":\"1m\",\"later\":{\"a\":[1]}}", Budget.class))
                .isEqualTo(new Budget(null, Duration.ofMinutes(1)));
    }

    @Test
    void shouldLeaveOutWhatIsNull() {
        assertThat(GodwitJson.write(Budget.DEFAULT)).isEqualTo("{\"decision\":\"5m\"}");
    }

    @Test
    void shouldNameTheKindOfARecord() throws JsonProcessingException {
        DnsProvider provider = new Rfc2136Provider("10.66.0.53", 0, new SecretRef("tsig"));

        assertThat(GodwitJson.mapper().writerFor(DnsProvider.class).writeValueAsString(provider))
                .isEqualTo("{\"rfc2136\":{\"server\":\"10.66.0.53\",\"port\":53,\"key\":\"secret:tsig\"}}");
        assertThat(GodwitJson.read("{\"engine\":\"postgresql\",\"name\":\"shop\"}", DatabaseSpec.class)
                        .name())
                .isEqualTo("shop");
    }

    @Test
    void shouldNotRepeatASecretThatStandsInItsReferencesPlace() {
        assertThatThrownBy(() -> GodwitJson.read(
                        "{\"rfc2136\":{\"server\":\"10.0.0.1\",\"key\":\"hunter2\"}}", DnsProvider.class))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Expected a reference written 'secret:name'")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void shouldRefuseADurationThatIsNone() {
        assertThatThrownBy(() -> GodwitJson.read("{\"decision\":\"soon\"}", Budget.class))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Expected a duration such as");
    }
}
