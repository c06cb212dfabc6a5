package dev.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.app.engine.EngineConfiguration;
import dev.godwit.app.engine.TemporalConfiguration;
import dev.godwit.app.engine.TlsConfiguration;
import dev.godwit.worker.ChecksConfiguration;
import dev.godwit.worker.Folders;
import dev.godwit.worker.WorkerConfiguration;
import io.micronaut.context.ApplicationContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names and defaults of the settings are a promise to who has written them down. */
class ConfigurationTest {
    private static final Path HOME = Path.of(System.getProperty("user.home"));

    private static <T> T read(Class<T> type, Map<String, String> settings) {
        try (ApplicationContext context = ApplicationContext.builder()
                .deduceEnvironment(false)
                .environmentPropertySource(false)
                .properties(Map.copyOf(settings))
                .start()) {
            return context.getBean(type);
        }
    }

    @Test
    void shouldKeepTheDefaultsOfTheFolders() {
        assertThat(read(Folders.class, Map.of()))
                .isEqualTo(
                        new Folders(HOME.resolve(".local/share/godwit"), HOME.resolve(".local/share/godwit/secrets")));
    }

    @Test
    void shouldKeepSecretsAndTokensBelowTheData() {
        assertThat(read(Folders.class, Map.of("godwit.data", "/srv/godwit")))
                .isEqualTo(new Folders(Path.of("/srv/godwit"), Path.of("/srv/godwit/secrets")));
        assertThat(read(Folders.class, Map.of("godwit.secrets", "/etc/godwit/secrets"))
                        .secrets())
                .isEqualTo(Path.of("/etc/godwit/secrets"));
    }

    @Test
    void shouldKeepTheDefaultsOfTheEngine() {
        assertThat(read(EngineConfiguration.class, Map.of()))
                .isEqualTo(new EngineConfiguration(
                        null,
                        HOME.resolve(".cache/godwit"),
                        true,
                        7233,
                        true,
                        8233,
                        Duration.ofDays(365),
                        Duration.ofSeconds(60)));
    }

    @Test
    void shouldRefuseAnEngineThatForgetsTooSoon() {
        assertThatThrownBy(() -> read(EngineConfiguration.class, Map.of("godwit.engine.retention", "24h")))
                .rootCause()
                .hasMessageContaining("30 days")
                .hasMessageContaining("24 h")
                .hasMessageContaining("godwit.engine.retention");
    }

    @Test
    void shouldReadTheEngine() {
        assertThat(read(
                        EngineConfiguration.class,
                        Map.of(
                                "godwit.engine.binary", "/opt/temporal",
                                "godwit.cache", "/var/cache/godwit",
                                "godwit.engine.obtain", "false",
                                "godwit.engine.port", "1",
                                "godwit.engine.ui", "false",
                                "godwit.engine.ui-port", "2",
                                "godwit.engine.retention", "90d",
                                "godwit.engine.start-timeout", "3s")))
                .isEqualTo(new EngineConfiguration(
                        Path.of("/opt/temporal"),
                        Path.of("/var/cache/godwit"),
                        false,
                        1,
                        false,
                        2,
                        Duration.ofDays(90),
                        Duration.ofSeconds(3)));
    }

    @Test
    void shouldKeepTheDefaultsOfTemporal() {
        assertThat(read(TemporalConfiguration.class, Map.of()))
                .isEqualTo(new TemporalConfiguration(null, "godwit", null, Duration.ofSeconds(20)));
        assertThat(read(TlsConfiguration.class, Map.of()))
                .isEqualTo(new TlsConfiguration(false, null, null, null, null));
    }

    @Test
    void shouldReadTemporal() {
        assertThat(read(
                        TemporalConfiguration.class,
                        Map.of(
                                "temporal.address", "temporal.example.org:7233",
                                "temporal.namespace", "moves",
                                "temporal.api-key", "secret:temporal",
                                "temporal.connect-timeout", "4s")))
                .isEqualTo(new TemporalConfiguration(
                        "temporal.example.org:7233", "moves", "secret:temporal", Duration.ofSeconds(4)));
        assertThat(read(
                        TlsConfiguration.class,
                        Map.of(
                                "temporal.tls.enabled", "true",
                                "temporal.tls.certificate", "/c.pem",
                                "temporal.tls.key", "/k.pem",
                                "temporal.tls.ca", "/ca.pem",
                                "temporal.tls.server-name", "inside.example.org")))
                .isEqualTo(new TlsConfiguration(
                        true, Path.of("/c.pem"), Path.of("/k.pem"), Path.of("/ca.pem"), "inside.example.org"));
    }

    @Test
    void shouldKeepTheDefaultsOfTheWorker() {
        assertThat(read(WorkerConfiguration.class, Map.of()))
                .isEqualTo(new WorkerConfiguration(1000, 6, 50, List.of(), Duration.ofSeconds(10)));
        assertThat(read(ChecksConfiguration.class, Map.of())).isEqualTo(new ChecksConfiguration(null));
    }

    @Test
    void shouldReadTheWorker() {
        assertThat(read(
                        WorkerConfiguration.class,
                        Map.of(
                                "godwit.worker.concurrent-activities", "5",
                                "godwit.worker.concurrent-looks", "2",
                                "godwit.worker.concurrent-watches", "7",
                                "godwit.worker.secrets", "ops,tsig",
                                "godwit.worker.shutdown-timeout", "6s")))
                .isEqualTo(new WorkerConfiguration(5, 2, 7, List.of("ops", "tsig"), Duration.ofSeconds(6)));
        assertThat(read(ChecksConfiguration.class, Map.of("checks.ca-file", "/ca.pem")))
                .isEqualTo(new ChecksConfiguration(Path.of("/ca.pem")));
    }
}
