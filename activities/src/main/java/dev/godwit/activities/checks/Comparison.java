package dev.godwit.activities.checks;

import dev.godwit.activities.http.Answer;
import dev.godwit.workflows.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How the answers of source and target to the same question differ. A page that is different at every
 * request is no failure: the likeness says how different.
 *
 * @param likeness of the bodies, from 0 to 100; 100 only if they are identical
 * @param headers differences of headers that visitors depend on, in words
 */
record Comparison(
        String path, boolean sameStatus, int likeness, List<String> headers, Duration source, Duration target) {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

    private static final List<String> COMPARED = List.of(
            "Content-Type",
            "Content-Encoding",
            "Location",
            "WWW-Authenticate",
            "Cache-Control",
            "Strict-Transport-Security",
            "Content-Security-Policy",
            "X-Frame-Options",
            "X-Content-Type-Options",
            "Referrer-Policy",
            "Permissions-Policy",
            "Access-Control-Allow-Origin");

    Comparison {
        headers = List.copyOf(headers);
    }

    static Comparison of(String path, Answer source, Answer target) {
        return new Comparison(
                path,
                source.status() == target.status(),
                likeness(source.body(), target.body()),
                COMPARED.stream()
                        .flatMap(name -> difference(name, source.header(name), target.header(name)).stream())
                        .toList(),
                source.latency(),
                target.latency());
    }

    private static Optional<String> difference(String name, Optional<String> source, Optional<String> target) {
        if (source.equals(target)) {
            return Optional.empty();
        }
        if (target.isEmpty()) {
            return Optional.of(name + " is missing on the target");
        }
        if (source.isEmpty()) {
            return Optional.of(name + " is new on the target");
        }
        return Optional.of(name + " is '" + source.get() + "' on the source and '" + target.get() + "' on the target");
    }

    /**
     * The share of words that both have (Sørensen–Dice over the multisets of words), in percent. Words and not lines,
     * because many a page, and every JSON, is a single line.
     */
    static int likeness(String one, String other) {
        if (one.equals(other)) {
            return 100;
        }
        Map<String, Integer> count = new HashMap<>();
        List<String> first = WORD.matcher(one).results().map(MatchResult::group).toList();
        List<String> second =
                WORD.matcher(other).results().map(MatchResult::group).toList();
        first.forEach(word -> count.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : second) {
            if (count.merge(word, -1, Integer::sum) >= 0) {
                common++;
            }
        }
        int all = first.size() + second.size();
        return all == 0 ? 99 : Math.min(99, 200 * common / all);
    }

    /** The comparison in words, such as {@code /health identical (12 ms, 15 ms)}. */
    String words() {
        List<String> parts = new ArrayList<>();
        parts.add(likeness == 100 ? "identical" : likeness + " % alike");
        parts.addAll(headers);
        return path + " " + Words.list(parts) + " (" + source.toMillis() + " ms on the source, " + target.toMillis()
                + " ms on the target)";
    }
}
