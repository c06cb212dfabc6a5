package dev.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchCommandTest {
    private static LabException refused(String... words) {
        CommandLine command = new CommandLine(new BenchCommand());
        command.parseArgs(words);
        return assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> command.<BenchCommand>getCommand().call())
                .actual();
    }

    @Test
    void shouldSayWhatCanBeMeasured() {
        LabException refused = refused("speed");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(refused)
                .hasMessageContaining(
                        "found 'speed'; there are: copy, files, outage, steps, start, accept, heap, heap-lab");
    }

    @Test
    void shouldRefuseToMeasureNothing() {
        assertThat(refused("--rounds", "0").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldNameInItsHelpWhatItMeasures() {
        String help = new CommandLine(new BenchCommand()).getUsageMessage();
        assertThat(BenchCommand.ALL).allSatisfy(benchmark -> assertThat(help).contains(benchmark.name()));
    }
}
