package dev.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.godwit.lab.bench.Series.Unit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FigureTest {
    private static final Series SECONDS = new Series(List.of(3.0, 1.0, 2.0), Unit.SECONDS);

    @Test
    void shouldTakeTheMiddleTheLongestAndThe99thPercentile() {
        Series hundred = new Series(
                IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList(), Unit.MILLISECONDS);
        assertThat(SECONDS.median()).isEqualTo(2);
        assertThat(hundred.median()).isEqualTo(50.5);
        assertThat(hundred.longest()).isEqualTo(100);
        assertThat(hundred.percentile(99)).isEqualTo(99);
        assertThat(new Series(List.of(7.0), Unit.MILLISECONDS).percentile(99)).isEqualTo(7);
        assertThatIllegalArgumentException().isThrownBy(() -> new Series(List.of(), Unit.SECONDS));
    }

    @Test
    void shouldDivideWhatBelongsToTheSameRound() {
        assertThat(Series.ratios(List.of(1.0, 9.0), List.of(2.0, 3.0)).values()).containsExactly(0.5, 3.0);
    }

    @Test
    void shouldSayWhetherAGoalIsReached() {
        assertThat(Figure.median("a copy", SECONDS, 2).row())
                .isEqualTo("| a copy | median **2.00 s** | ≤ 2.00 s | yes | 2.00 s; 1.00 s to 3.00 s; 3 |");
        assertThat(Figure.longest("a copy", SECONDS, 2.5).row()).contains("longest **3.00 s** | ≤ 2.50 s | **no** |");
        assertThat(Figure.shown("a copy", SECONDS).row()).contains("median **2.00 s** | – | – |");
    }
}
