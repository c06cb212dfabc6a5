package dev.godwit.workflows.migration;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a watch has seen. Pure.
 *
 * @param asked rounds of all checks
 * @param failed rounds in which a check failed
 * @param failingSince when the first of the latest rounds that all failed began; null if the latest one passed
 * @param problem of the latest round; null if it passed
 */
public record Watching(
        long asked,
        long failed,
        @Nullable Instant failingSince,
        @Nullable String problem) {
    static final Watching START = new Watching(0, 0, null, null);

    /** This and one more round. */
    Watching round(@Nullable String found, Instant began) {
        boolean passed = found == null;
        return new Watching(
                asked + 1,
                failed + (passed ? 0 : 1),
                passed ? null : failingSince == null ? began : failingSince,
                found);
    }

    /** What follows from the rounds so far. */
    enum Next {
        GO_ON,
        DONE,
        DOWN
    }

    /**
     * Decides whether the watch is over.
     *
     * @param end when it was meant to end; a service that fails right then gets the rest of the tolerated time, and no
     *     praise before it recovers
     * @param tolerated how long it may fail without a break
     */
    Next next(Instant now, Instant end, Duration tolerated) {
        if (failingSince == null) {
            return now.isBefore(end) ? Next.GO_ON : Next.DONE;
        }
        return Duration.between(failingSince, now).compareTo(tolerated) < 0 ? Next.GO_ON : Next.DOWN;
    }

    String words() {
        return "asked " + asked + " times, failed " + failed + " times";
    }
}
