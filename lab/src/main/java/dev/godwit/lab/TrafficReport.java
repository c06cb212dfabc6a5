package dev.godwit.lab;

import java.util.Map;

/**
 * What the client outside met: {@code lab traffic report}.
 *
 * @param from when the first request ended, in seconds since 1970
 * @param ok reads that showed what was asked for, writes that were acknowledged
 * @param byStatus requests by HTTP status; {@code none} is no answer
 * @param answeredBy requests by the address that was asked and the server that answered
 * @param acknowledged writes that were acknowledged, by kind
 * @param repeatedWrites writes that had to be tried again
 * @param pinned what a client met that never resolves the name again; the other figures are without it
 */
record TrafficReport(
        double from,
        double to,
        long requests,
        long ok,
        long failed,
        Map<String, Long> byStatus,
        Map<String, Long> errors,
        Map<String, Long> answeredBy,
        Stall longestWriteStall,
        Stall longestReadStall,
        Map<String, Long> acknowledged,
        long repeatedWrites,
        long alreadyApplied,
        Pinned pinned) {
    TrafficReport {
        byStatus = byStatus == null ? Map.of() : Map.copyOf(byStatus);
        errors = errors == null ? Map.of() : Map.copyOf(errors);
        answeredBy = answeredBy == null ? Map.of() : Map.copyOf(answeredBy);
        acknowledged = acknowledged == null ? Map.of() : Map.copyOf(acknowledged);
        longestWriteStall = longestWriteStall == null ? Stall.NONE : longestWriteStall;
        longestReadStall = longestReadStall == null ? Stall.NONE : longestReadStall;
        pinned = pinned == null ? Pinned.NONE : pinned;
    }

    /**
     * Reads from the address that the name had when the traffic began.
     *
     * @param answeredBy requests by the address that was asked and the server that answered
     */
    record Pinned(long ok, long failed, Map<String, Long> answeredBy) {
        static final Pinned NONE = new Pinned(0, 0, Map.of());

        Pinned {
            answeredBy = answeredBy == null ? Map.of() : Map.copyOf(answeredBy);
        }
    }

    /**
     * The longest time without one success.
     *
     * @param from in seconds since 1970
     */
    record Stall(double seconds, double from, double to) {
        static final Stall NONE = new Stall(0, 0, 0);
    }
}
