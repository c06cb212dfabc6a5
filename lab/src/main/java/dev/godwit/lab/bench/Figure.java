package dev.godwit.lab.bench;

import dev.godwit.lab.bench.Series.Unit;
import java.util.function.ToDoubleFunction;

/**
 * What was measured, beside what it should be.
 *
 * @param what the thing, in words
 * @param of which number of the series counts: its median, its longest, …
 * @param goal what it may be at most; not a number where there is no goal
 */
record Figure(String what, String of, Series series, double value, double goal) {
    static Figure median(String what, Series series, double goal) {
        return figure(what, "median", series, Series::median, goal);
    }

    static Figure longest(String what, Series series, double goal) {
        return figure(what, "longest", series, Series::longest, goal);
    }

    static Figure p99(String what, Series series, double goal) {
        return figure(what, "p99", series, all -> all.percentile(99), goal);
    }

    /** Without a goal: what the others are made of. */
    static Figure shown(String what, Series series) {
        return median(what, series, Double.NaN);
    }

    private static Figure figure(String what, String of, Series series, ToDoubleFunction<Series> number, double goal) {
        return new Figure(what, of, series, number.applyAsDouble(series), goal);
    }

    private String verdict() {
        if (Double.isNaN(goal)) {
            return "– | –";
        }
        return "≤ " + series.unit().shown(goal) + " | " + (value <= goal ? "yes" : "**no**");
    }

    /** A row of a table in Markdown. */
    String row() {
        Unit unit = series.unit();
        return "| " + what + " | " + of + " **" + unit.shown(value) + "** | " + verdict() + " | "
                + unit.shown(series.median()) + "; " + series.range() + "; "
                + series.values().size() + " |";
    }
}
