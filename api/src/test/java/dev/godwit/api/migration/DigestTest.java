package dev.godwit.api.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DigestTest {
    /** A request that is repeated after an upgrade is known as the same: printf '["a",null,"\u00e4"]' | sha256sum. */
    @Test
    void shouldBeTheSumOfTheJson() {
        assertThat(Digest.of(Arrays.asList("a", null, "\u00e4")))
                .isEqualTo("7083982e3982bd3db310c735712e831fd8863d784776ebcfacdd0caa23e2d7be");
    }
}
