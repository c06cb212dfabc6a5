package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.main.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** It takes the machine's lab for a moment, so that no scenario is in it. */
class LabCommandTest extends LabTest {
    @ParameterizedTest
    @ValueSource(strings = {"down", "reset"})
    void shouldNotTakeTheLabAwayFromWhoUsesIt(String word) throws Exception {
        StringWriter errors = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.getSubcommands().values().forEach(each -> each.setErr(new PrintWriter(errors, true)));
        LabLock lock = LabLock.take(terminal);
        try {
            assertThat(commandLine.execute("lab", word)).isEqualTo(ExitCode.STATE);
        } finally {
            lock.close();
        }
        assertThat(errors.toString()).contains("in it", LabLock.PATH.toString());
        assertThat(LabLock.isTaken()).isFalse();
    }
}
