package dev.godwit.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.exceptions.ConfigurationException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerConfigurationTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "godwit.worker.concurrent-activities",
                "godwit.worker.concurrent-looks",
                "godwit.worker.concurrent-watches"
            })
    void shouldRefuseAWorkerWithoutPlaces(String setting) {
        try (ApplicationContext context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .properties(Map.of(setting, 0))
                .start()) {
            assertThatThrownBy(() -> context.getBean(WorkerConfiguration.class))
                    .hasStackTraceContaining(ConfigurationException.class.getName()
                            + ": Expected at least 1, but found 0; correct the setting " + setting);
        }
    }
}
