package dev.godwit.activities.checks;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The details of a watch's heartbeats. The first three are those of
 * {@link dev.godwit.workflows.activity.Progress}, so that a reader of progress can read these too; the others let an
 * attempt go on where the one before it was cut off.
 *
 * @param asked rounds of all checks
 * @param failed rounds in which a check failed
 * @param failingSince when the first of the latest rounds that all failed began; null if the latest one passed
 */
record Watching(
        String what,
        long doneBytes,
        long totalBytes,
        long asked,
        long failed,
        @Nullable Instant failingSince) {
    static final Watching START = new Watching("watching the service", 0, 0, 0, 0, null);

    /** This and one more round. */
    Watching round(@Nullable String problem, Instant began) {
        boolean passed = problem == null;
        return new Watching(
                passed ? "watching the service" : "the service fails: " + problem,
                0,
                0,
                asked + 1,
                failed + (passed ? 0 : 1),
                passed ? null : failingSince == null ? began : failingSince);
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
}
