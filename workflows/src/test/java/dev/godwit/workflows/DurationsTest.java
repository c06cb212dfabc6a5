package dev.godwit.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0s, PT0S, 0s",
        "90s, PT1M30S, 1m30s",
        "3d, PT72H, 3d",
        "36h, PT36H, 1d12h",
        "1m30s, PT1M30S, 1m30s",
        "250ms, PT0.25S, 250ms",
        "1500ms, PT1.5S, 1s500ms",
        "5m1ms, PT5M0.001S, 5m1ms",
        "30s1h, PT1H30S, 1h30s"
    })
    void shouldReadAndWriteWhatPeopleWrite(String text, Duration duration, String written) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.format(duration)).isEqualTo(written);
        assertThat(Durations.parse(written)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "3", "3 d", "-3d", "+3d", "3.5d", "3D", "3w", "PT3S", "d", "3d ", "1234567890s", "٣d"})
    void shouldRefuseWhatIsNoDuration(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageContaining("Expected a duration such as")
                .withMessageContaining("'" + text + "'");
    }

    @Test
    void shouldWriteToTheMillisecond() {
        assertThat(Durations.format(Duration.ofNanos(1_999_999))).isEqualTo("1ms");
    }
}
