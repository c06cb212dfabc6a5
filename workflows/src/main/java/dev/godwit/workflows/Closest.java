package dev.godwit.workflows;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What somebody may have meant who wrote a word that is not known. */
public final class Closest {
    private Closest() {}

    /** The closest of the words, whatever its case; empty if none is close. */
    public static Optional<String> to(String word, List<String> words) {
        String lower = word.toLowerCase(Locale.ROOT);
        if (lower.length() > 40) {
            return Optional.empty();
        }
        return words.stream()
                .filter(one -> distance(lower, one.toLowerCase(Locale.ROOT))
                                <= (lower.length() <= 3 ? 1 : Math.max(2, lower.length() / 3))
                        || one.toLowerCase(Locale.ROOT).startsWith(lower))
                .min(Comparator.comparingInt(one -> distance(lower, one.toLowerCase(Locale.ROOT))));
    }

    /** The number of letters to insert, remove or replace (Levenshtein). */
    private static int distance(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int column = 0; column <= other.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= one.length(); row++) {
            int[] current = new int[other.length() + 1];
            current[0] = row;
            for (int column = 1; column <= other.length(); column++) {
                int replaced = previous[column - 1] + (one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(previous[column], current[column - 1]) + 1);
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
