package dev.godwit.lab.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Measurements of one thing, in one unit. */
record Series(List<Double> values, Unit unit) {
    Series {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("Expected measurements, but found none");
        }
        values = values.stream().sorted().toList();
    }

    /** What the numbers count, with the decimals that say something. */
    enum Unit {
        SECONDS("s", 2),
        MILLISECONDS("ms", 1),
        MEGABYTES("MB", 0),
        TIMES("×", 2);

        private final String sign;
        private final int decimals;

        Unit(String sign, int decimals) {
            this.sign = sign;
            this.decimals = decimals;
        }

        String shown(double value) {
            String number = String.format(Locale.ROOT, "%." + decimals + "f", value);
            return this == TIMES ? number + sign : number + " " + sign;
        }
    }

    /** Each value divided by the one of the same round. */
    static Series ratios(List<Double> ours, List<Double> theirs) {
        return new Series(
                IntStream.range(0, ours.size())
                        .mapToObj(round -> ours.get(round) / theirs.get(round))
                        .toList(),
                Unit.TIMES);
    }

    /** Between the two in the middle, where there is no one in the middle. */
    double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    double longest() {
        return values.getLast();
    }

    /** The smallest value that this share of all does not exceed. */
    double percentile(double percent) {
        int rank = (int) Math.ceil(percent / 100 * values.size());
        return values.get(Math.max(rank, 1) - 1);
    }

    String range() {
        return unit.shown(values.getFirst()) + " to " + unit.shown(values.getLast());
    }
}
