package dev.godwit.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.bench.Results.Part;
import dev.godwit.lab.bench.Series.Unit;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private static final List<String> ORDER = List.of("copy", "files", "steps");

    private static Part part(String name, double seconds) {
        return new Part(
                name,
                "how long it takes",
                List.of(Figure.median("a " + name, new Series(List.of(seconds), Unit.SECONDS), 2)),
                "2026-01-01; a machine");
    }

    @Test
    void shouldPutAPartInThePlaceOfItsFormerOneAndLeaveTheOthers() {
        String steps = Results.with("", ORDER, part("steps", 1));
        String both = Results.with(steps, ORDER, part("copy", 3));
        String again = Results.with(both, ORDER, part("copy", 1.5));

        assertThat(both).startsWith("# Benchmarks\n");
        assertThat(both.lines().filter(line -> line.startsWith("#")))
                .containsExactly("# Benchmarks", "## copy", "## steps");
        assertThat(again).isEqualTo(both.replace("3.00 s", "1.50 s").replace("**no**", "yes"));
        assertThat(again).contains("median **1.00 s**", "\n\nHow long it takes.\n\n", "\n\n2026-01-01; a machine\n");
    }

    @Test
    void shouldForgetWhatIsNotMeasuredAnyMore() {
        String before = Results.with("", List.of("speed"), part("speed", 1));
        assertThat(Results.with(before, ORDER, part("files", 1))).doesNotContain("## speed");
    }
}
