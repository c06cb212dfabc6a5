package dev.godwit.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
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
    @ValueSource(strings = {"godwit.engine.prot=7300", "checks.caFile=/ca.pem", "temporal=here", "godwit.worker=1"})
    void shouldRefuseASettingThatNobodyReads(String setting) {
        assertThat(up.execute("--set", setting)).isEqualTo(2);
        assertThat(err.toString()).contains("found --set " + setting.split("=", 2)[0], "--settings");
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

    @Test
    void shouldLeaveSettingsOfOthersToThem() {
        assertThat(Setting.isKnown("micronaut.server.port")).isTrue();
        assertThat(Setting.all()).extracting(Setting::name).noneMatch(name -> name.startsWith("micronaut"));
    }
}
