package dev.godwit.lab.bench;

import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What another Java process, never this one, holds after a full collection.
 *
 * @param bytes of each class, by its name
 */
record Heap(Map<String, Long> bytes) {
    private static final String JCMD =
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

    /** {@code num: #instances #bytes class name (module)}. */
    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");

    private static final int WORST = 8;

    Heap {
        bytes = Map.copyOf(bytes);
        if (bytes.isEmpty()) {
            throw new IllegalArgumentException("Expected classes, but found none");
        }
    }

    /** Collects twice, because what the first collection finds unreachable may still have to be cleaned. */
    static Heap of(long process) throws IOException, InterruptedException {
        Machine.said(JCMD, Long.toString(process), "GC.run");
        return parse(Machine.said(JCMD, Long.toString(process), "GC.class_histogram"));
    }

    static Heap parse(String histogram) {
        Map<String, Long> bytes = new HashMap<>();
        histogram
                .lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> bytes.merge(line.group(2), Long.parseLong(line.group(1)), Long::sum));
        return new Heap(bytes);
    }

    double megabytes() {
        return bytes.values().stream().mapToLong(each -> each).sum() / 1e6;
    }

    /**
     * Holds that it has hardly grown since.
     *
     * @param before the same process's
     * @param atMost in MB
     * @param work what the process did meanwhile
     */
    void requireNoMoreThan(Heap before, double atMost, String work) {
        if (megabytes() - before.megabytes() > atMost) {
            throw new LabException(
                    ExitCode.FAILURE,
                    String.format(
                            Locale.ROOT,
                            "Expected the heap to be at most %.1f MB larger after %s, but found that it grew from %.1f MB"
                                    + " to %.1f MB; what grew most: %s; something holds what has ended: look for it in a"
                                    + " heap dump (jcmd PID GC.heap_dump FILE)",
                            atMost,
                            work,
                            before.megabytes(),
                            megabytes(),
                            grewMost(before)));
        }
    }

    private String grewMost(Heap before) {
        return bytes.keySet().stream()
                .sorted(Comparator.comparingLong((String name) -> growth(before, name))
                        .reversed())
                .limit(WORST)
                .map(name -> name + " by " + growth(before, name) + " bytes")
                .collect(Collectors.joining(", "));
    }

    private long growth(Heap before, String name) {
        return bytes.getOrDefault(name, 0L) - before.bytes.getOrDefault(name, 0L);
    }
}
