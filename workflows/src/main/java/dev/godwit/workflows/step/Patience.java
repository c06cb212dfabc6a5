package dev.godwit.workflows.step;

import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/**
 * How long each kind of work may take and how it is tried again: the one table of it. A checksum is not an HTTP check.
 *
 * <p>What a retry cannot heal is not retried, whatever the table says: see {@link FailureType}.
 */
public enum Patience {
    /** The preflight: everything at once, read-only. */
    INSPECT(Duration.ofMinutes(10), Duration.ofSeconds(20), 3, Duration.ofMillis(500), Duration.ofSeconds(5)),
    /** Before-images: read-only, short. */
    LOOK(Duration.ofMinutes(2), Duration.ofSeconds(20), 5, Duration.ofMillis(500), Duration.ofSeconds(5)),
    /** What switches something small: a unit, a site, a crontab, a fence, a key. */
    SWITCH(Duration.ofMinutes(3), Duration.ofSeconds(20), 5, Duration.ofMillis(500), Duration.ofSeconds(5)),
    /** Waiting for visitors' requests, up to 10 minutes of them (the longest that a spec may say). */
    DRAIN(Duration.ofMinutes(15), Duration.ofSeconds(20), 5, Duration.ofMillis(500), Duration.ofSeconds(5)),
    /** A question to the service, which may still be starting. */
    CHECK(Duration.ofMinutes(5), Duration.ofSeconds(20), 12, Duration.ofMillis(250), Duration.ofSeconds(5)),
    /** What a rollback would lose, while somebody waits for the answer. */
    ESTIMATE(Duration.ofSeconds(45), Duration.ofSeconds(20), 1, Duration.ofSeconds(1), Duration.ofSeconds(1)),
    /** An update of the zone and its way to every authoritative server. */
    DNS(Duration.ofMinutes(3), Duration.ofSeconds(20), 10, Duration.ofSeconds(1), Duration.ofSeconds(15)),
    /** Hours of copying in a supervised job; a retry attaches to it. */
    COPY(Duration.ofDays(3), Duration.ofSeconds(30), 20, Duration.ofSeconds(1), Duration.ofSeconds(30)),
    /** Reading everything once on both sides. */
    VERIFY(Duration.ofHours(12), Duration.ofSeconds(30), 4, Duration.ofSeconds(1), Duration.ofSeconds(10)),
    /** An operator's script: its own time-out is inside the job. */
    HOOK(Duration.ofHours(25), Duration.ofSeconds(30), 3, Duration.ofSeconds(1), Duration.ofSeconds(10)),
    /** One round of questions in a soak. */
    WATCH(Duration.ofMinutes(5), Duration.ofSeconds(20), 10, Duration.ofSeconds(1), Duration.ofSeconds(30)),
    /** Putting things back, the first time round: a server that is gone must not hold up the other one. */
    UNDO_AT_ONCE(Duration.ofHours(1), Duration.ofSeconds(30), 3, Duration.ofMillis(500), Duration.ofSeconds(2)),
    /** Putting back what did not go back at once: tried longest, because nothing comes after it. */
    UNDO(Duration.ofHours(1), Duration.ofSeconds(30), 40, Duration.ofMillis(500), Duration.ofSeconds(15));

    /** After which silence a worker counts as dead while visitors wait: each second of it is a second of their outage. */
    private static final Duration WHILE_VISITORS_WAIT = Duration.ofSeconds(5);

    private final Duration startToClose;
    private final Duration heartbeat;
    private final int attempts;
    private final Duration firstWait;
    private final Duration longestWait;

    Patience(Duration startToClose, Duration heartbeat, int attempts, Duration firstWait, Duration longestWait) {
        this.startToClose = startToClose;
        this.heartbeat = heartbeat;
        this.attempts = attempts;
        this.firstWait = firstWait;
        this.longestWait = longestWait;
    }

    /** How many attempts there are. */
    public int attempts() {
        return attempts;
    }

    /** How long one attempt may take. */
    public Duration startToClose() {
        return startToClose;
    }

    /**
     * The options of an activity.
     *
     * @param summary the words that Temporal's own page shows
     * @param visitorsWait whether nobody serves, so that a dead worker must be noticed at once
     */
    public ActivityOptions options(String summary, boolean visitorsWait) {
        return ActivityOptions.newBuilder()
                .setTaskQueue(queue())
                .setStartToCloseTimeout(startToClose)
                .setHeartbeatTimeout(visitorsWait ? WHILE_VISITORS_WAIT : heartbeat)
                .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                .setRetryOptions(RetryOptions.newBuilder()
                        .setMaximumAttempts(attempts)
                        .setInitialInterval(firstWait)
                        .setMaximumInterval(longestWait)
                        .setBackoffCoefficient(2)
                        .build())
                .setSummary(summary)
                .build();
    }

    private String queue() {
        return switch (this) {
            case INSPECT -> TaskQueue.PREFLIGHT;
            case WATCH -> TaskQueue.WATCH;
            default -> TaskQueue.NAME;
        };
    }
}
