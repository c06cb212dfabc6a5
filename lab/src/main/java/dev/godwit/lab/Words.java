package dev.godwit.lab;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Figures as people read them. */
public final class Words {
    private static final int MOST = 6;

    private Words() {}

    /** A time, such as {@code 0.4 s} or {@code 2 min 5 s}. */
    static String time(@Nullable Duration time) {
        if (time == null) {
            return "-";
        }
        if (time.compareTo(Duration.ofMinutes(1)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
        }
        return time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }

    /** A time in seconds. */
    static String seconds(double seconds) {
        return time(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    /** An amount of data, such as {@code 312 MB}. */
    public static String bytes(long bytes) {
        if (bytes < 1_000_000) {
            return String.format(Locale.ROOT, "%.0f kB", bytes / 1e3);
        }
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    /** Counts by name. */
    static String counts(Map<String, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** The first few of a list. */
    static String some(List<String> all) {
        String first =
                all.stream().limit(MOST).map(each -> each.replace('\t', ' ')).collect(Collectors.joining(" | "));
        return all.size() <= MOST ? first : first + " | … (" + all.size() + " in all)";
    }
}
