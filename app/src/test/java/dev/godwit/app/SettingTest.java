package dev.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A setting that is not refused starts Godwit, and waits. */
@Timeout(60)
class SettingTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine up = new CommandLine(new Up())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));

    @ParameterizedTest
    @CsvSource({
        "godwit.engine.prot, godwit.engine.port",
        "checks.caFile, checks.ca-file",
        "chekcs.ca-file, checks.ca-file",
        "godwti.engine.port, godwit.engine.port",
        "temporal, temporal."
    })
    void shouldRefuseASettingThatNobodyReadsAndSayWhatMayBeMeant(String setting, String meant) {
        assertThat(up.execute("--set", setting + "=1")).isEqualTo(2);
        assertThat(err.toString())
                .contains("but found '" + setting + "'; did you mean '" + meant, "'up --settings' lists them");
    }

    @Test
    void shouldRefuseWhatIsNearToNothing() {
        assertThat(up.execute("--set", "godwit.colour=blue")).isEqualTo(2);
        assertThat(err.toString()).contains("but found 'godwit.colour'; 'up --settings' lists them");
    }

    @Test
    void shouldListEverySettingWithItsDefaultAndMeaning() {
        assertThat(up.execute("--settings")).isZero();
        assertThat(out.toString())
                .contains(
                        "godwit.engine.port (default: 7233)",
                        "temporal.tls.certificate",
                        "checks.ca-file",
                        "godwit.tokens")
                .contains("PEM file with authorities to trust besides those of the JDK")
                .doesNotContain("{@code");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "micronaut.server.port",
                "micronaut.server.host",
                "micronaut.config.files",
                "netty.default.allocator.max-order",
                "logger.levels.dev.godwit",
                "lab.fail-at",
                "lab.breakpoints",
                "lab.heartbeat-timeout",
                "lab.idle-hands"
            })
    void shouldLeaveSettingsOfOthersToThem(String name) {
        assertThat(Setting.problem(name)).isEmpty();
    }

    @Test
    void shouldListNoneOfOthers() {
        assertThat(Setting.all()).extracting(Setting::name).noneMatch(name -> name.startsWith("micronaut"));
    }
}
