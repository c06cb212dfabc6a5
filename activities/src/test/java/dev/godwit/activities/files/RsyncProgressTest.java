package dev.godwit.activities.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RsyncProgressTest {
    @Test
    void shouldReadBytes() {
        RsyncProgress progress = new RsyncProgress();

        assertThat(progress.read("     32,768")).isFalse();
        assertThat(progress.read("  12345678  45%   12.34MB/s    0:00:10 (xfr#12, ir-chk=1001/1014)"))
                .isTrue();
        assertThat(progress.bytes()).isEqualTo(12_345_678);
        assertThat(progress.read("")).isFalse();
        assertThat(progress.bytes()).isEqualTo(12_345_678);
    }
}
