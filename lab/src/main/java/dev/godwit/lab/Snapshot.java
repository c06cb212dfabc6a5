package dev.godwit.lab;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A record of what a migration may touch on a server, one fact a line: section, what, value, divided by tabs. Two
 * records of the same state are equal.
 *
 * @param facts sorted
 */
record Snapshot(List<String> facts) {
    Snapshot {
        facts = List.copyOf(facts);
    }

    static Snapshot parse(String text) {
        return new Snapshot(text.lines().filter(line -> !line.isBlank()).toList());
    }

    int size() {
        return facts.size();
    }

    /** The facts of these sections; {@code db} means all whose names begin with {@code db.}. */
    Snapshot only(Set<String> sections) {
        return new Snapshot(facts.stream()
                .filter(fact -> {
                    String section = section(fact);
                    int dot = section.indexOf('.');
                    return sections.contains(section) || (dot > 0 && sections.contains(section.substring(0, dot)));
                })
                .toList());
    }

    /** How another record differs: what is only here with a minus, what is only there with a plus. */
    List<String> differences(Snapshot other) {
        SequencedSet<String> here = new LinkedHashSet<>(facts);
        SequencedSet<String> there = new LinkedHashSet<>(other.facts);
        List<String> differences = new ArrayList<>();
        facts.stream().filter(fact -> !there.contains(fact)).forEach(fact -> differences.add("- " + fact));
        other.facts.stream().filter(fact -> !here.contains(fact)).forEach(fact -> differences.add("+ " + fact));
        return differences;
    }

    /** How many facts each section has, in words. */
    String summary() {
        return facts.stream()
                .collect(Collectors.groupingBy(Snapshot::section, java.util.TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String section(String fact) {
        int tab = fact.indexOf('\t');
        return tab < 0 ? fact : fact.substring(0, tab);
    }
}
