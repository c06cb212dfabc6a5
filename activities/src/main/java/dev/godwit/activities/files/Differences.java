package dev.godwit.activities.files;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads where two manifests differ. */
final class Differences {
    /** How many entries a message names. */
    static final int SHOWN = 5;

    private static final List<String> FIELDS =
            List.of("type", "mode", "uid", "gid", "size", "mtime", "link", "content (sha256)");
    private static final int DIGEST = 64;
    private static final int SHORT_DIGEST = 12;

    private Differences() {}

    private record Sides(
            @Nullable List<String> source, @Nullable List<String> target) {
        private static final Sides NONE = new Sides(null, null);

        Sides withSource(List<String> fields) {
            return new Sides(fields, target);
        }

        Sides withTarget(List<String> fields) {
            return new Sides(source, fields);
        }
    }

    /** From lines as {@code comm -3} prints them: the source's, and after a tab the target's. */
    static List<String> describe(String lines) {
        Map<String, Sides> entries = new LinkedHashMap<>();
        lines.lines().forEach(line -> {
            boolean onTarget = line.startsWith("\t");
            List<String> fields = List.of((onTarget ? line.substring(1) : line).split("\t", -1));
            Sides sides = entries.getOrDefault(fields.getFirst(), Sides.NONE);
            List<String> values = fields.subList(1, fields.size());
            entries.put(fields.getFirst(), onTarget ? sides.withTarget(values) : sides.withSource(values));
        });
        // The time of a folder differs whenever something in it does, and says less.
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + describe(entry.getValue()))
                .sorted(Comparator.comparing(text -> text.matches("[^:]*: mtime [^;]*")))
                .limit(SHOWN)
                .toList();
    }

    private static String describe(Sides sides) {
        List<String> source = sides.source();
        List<String> target = sides.target();
        if (target == null) {
            return "only on the source";
        }
        if (source == null) {
            return "only on the target";
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < Math.min(source.size(), target.size()) && i < FIELDS.size(); i++) {
            if (!source.get(i).equals(target.get(i))) {
                parts.add(FIELDS.get(i) + " " + shown(source.get(i)) + " on the source, " + shown(target.get(i))
                        + " on the target");
            }
        }
        return String.join("; ", parts);
    }

    private static String shown(String value) {
        if (value.isEmpty()) {
            return "none";
        }
        return value.length() == DIGEST ? value.substring(0, SHORT_DIGEST) + "…" : value;
    }
}
