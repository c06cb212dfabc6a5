package dev.godwit.lab;

import java.util.List;
import java.util.Map;

/**
 * What the site shows of the writes that it has acknowledged: {@code lab traffic verify}.
 *
 * @param checked how many were asked for, by kind
 * @param missing tokens that are not there, or not as they were written
 * @param duplicated tokens that are there more than once
 * @param unanswered tokens about which the site did not answer
 */
record TrafficVerdict(
        boolean ok, Map<String, Long> checked, List<String> missing, List<String> duplicated, List<String> unanswered) {
    TrafficVerdict {
        checked = Map.copyOf(checked);
        missing = List.copyOf(missing);
        duplicated = List.copyOf(duplicated);
        unanswered = List.copyOf(unanswered);
    }
}
