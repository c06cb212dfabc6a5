package dev.godwit.api.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimeoutsTest {
    @Test
    void shouldPinDefaults() {
        try (ApplicationContext context = ApplicationContext.run()) {
            assertThat(context.getBean(Timeouts.class))
                    .isEqualTo(new Timeouts(
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(60),
                            Duration.ofMinutes(5),
                            Duration.ofMillis(500),
                            Duration.ofSeconds(15)));
        }
    }

    @Test
    void shouldPinNames() {
        Map<String, Object> properties = Map.of(
                "godwit.api.timeouts.engine", "1s",
                "godwit.api.timeouts.status", "2s",
                "godwit.api.timeouts.command", "3s",
                "godwit.api.timeouts.preflight", "4s",
                "godwit.api.timeouts.poll", "5s",
                "godwit.api.timeouts.keep-alive", "6s");
        try (ApplicationContext context = ApplicationContext.run(properties)) {
            assertThat(context.getBean(Timeouts.class))
                    .isEqualTo(new Timeouts(
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(6)));
        }
    }
}
