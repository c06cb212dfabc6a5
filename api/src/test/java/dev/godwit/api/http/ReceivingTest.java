package dev.godwit.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReceivingTest {
    @Test
    void shouldPinDefaults() {
        assertThat(read(Map.of())).isEqualTo(new Receiving(Duration.ofSeconds(20), Duration.ofSeconds(60)));
    }

    @Test
    void shouldPinNames() {
        assertThat(read(Map.of("godwit.api.receiving.headers", "1s", "godwit.api.receiving.body", "2s")))
                .isEqualTo(new Receiving(Duration.ofSeconds(1), Duration.ofSeconds(2)));
    }

    private static Receiving read(Map<String, Object> properties) {
        try (ApplicationContext context = ApplicationContext.run(properties)) {
            return context.getBean(Receiving.class);
        }
    }
}
