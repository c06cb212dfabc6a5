package dev.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HeapTest {
    private static final String BEFORE = """
            4242:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:         21029        2000000  [B (java.base@25.0.3)
               2:             1             16  dev.godwit.Ended
            Total         21030        2000016
            """;

    private static final String AFTER = """
            4242:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:           700        9000000  dev.godwit.Ended
               2:         21029        2000000  [B (java.base@25.0.3)
            Total         21729       11000000
            """;

    @Test
    void shouldAddUpWhatEachClassHolds() {
        assertThat(Heap.parse(AFTER).megabytes()).isEqualTo(11.0);
    }

    @Test
    void shouldNameWhatGrewTooMuch() {
        Heap before = Heap.parse(BEFORE);
        Heap after = Heap.parse(AFTER);

        assertThatNoException().isThrownBy(() -> after.requireNoMoreThan(before, 9, "nothing"));
        LabException refused = assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> after.requireNoMoreThan(before, 8, "300 moves"))
                .actual();
        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(refused)
                .hasMessageContaining("at most 8.0 MB larger after 300 moves")
                .hasMessageContaining("from 2.0 MB to 11.0 MB; what grew most: dev.godwit.Ended by 8999984 bytes");
    }

    /** Another process: the histogram of one's own is written while every thread stands still, also the one that reads it. */
    @Test
    @Timeout(60)
    void shouldMeasureAProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Idle.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.getInputStream().read()).as("it runs").isEqualTo('.');
            assertThat(Heap.of(process.pid()).megabytes()).isPositive();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** A process that lives until its parent says nothing more. */
    static final class Idle {
        private Idle() {}

        public static void main(String[] arguments) throws IOException {
            System.out.write('.');
            System.out.flush();
            while (System.in.read() >= 0) {
                // Whatever it was.
            }
        }
    }
}
