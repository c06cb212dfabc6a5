package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Step;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/**
 * How long each kind of step may take and how it is tried again: the one table of it. A checksum is not an HTTP check.
 *
 * <p>What a retry cannot heal is not retried, whatever the table says: see
 * {@link dev.godwit.workflows.activity.FailureType}.
 */
enum StepOptions {
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
    /** A stretch of the soak. */
    WATCH(Duration.ofHours(2), Duration.ofMinutes(1), 10, Duration.ofSeconds(1), Duration.ofSeconds(30)),
    /** Putting things back, the first time round: a server that is gone must not hold up the other one. */
    UNDO_AT_ONCE(Duration.ofHours(1), Duration.ofSeconds(30), 3, Duration.ofMillis(500), Duration.ofSeconds(2)),
    /** Putting back what did not go back at once: tried longest, because nothing comes after it. */
    UNDO(Duration.ofHours(1), Duration.ofSeconds(30), 40, Duration.ofMillis(500), Duration.ofSeconds(15));

    private final Duration startToClose;
    private final Duration heartbeat;
    private final int attempts;
    private final Duration firstWait;
    private final Duration longestWait;

    StepOptions(Duration startToClose, Duration heartbeat, int attempts, Duration firstWait, Duration longestWait) {
        this.startToClose = startToClose;
        this.heartbeat = heartbeat;
        this.attempts = attempts;
        this.firstWait = firstWait;
        this.longestWait = longestWait;
    }

    /** The row for a step's act. */
    static StepOptions of(Step step) {
        return switch (step) {
            case Step.LowerTtl ignored -> DNS;
            case Step.PointDns ignored -> DNS;
            case Step.RestoreTtl ignored -> DNS;
            case Step.CopyCertificates ignored -> COPY;
            case Step.CopyFiles ignored -> COPY;
            case Step.CopyDatabase ignored -> COPY;
            case Step.VerifyFiles ignored -> VERIFY;
            case Step.VerifyDatabase ignored -> VERIFY;
            case Step.SetSequences ignored -> VERIFY;
            case Step.CheckService ignored -> CHECK;
            case Step.CompareAnswers ignored -> CHECK;
            case Step.RunHook ignored -> HOOK;
            case Step.Soak ignored -> WATCH;
            case Step.LinkHosts ignored -> SWITCH;
            case Step.InstallSite ignored -> SWITCH;
            case Step.FenceDatabase ignored -> SWITCH;
            case Step.StartUnits ignored -> SWITCH;
            case Step.StopUnits ignored -> SWITCH;
            case Step.RetireUnits ignored -> SWITCH;
            case Step.RemoveCrontabs ignored -> SWITCH;
            case Step.InstallCrontabs ignored -> SWITCH;
            case Step.ServePage ignored -> SWITCH;
            case Step.DrainRequests ignored -> DRAIN;
            case Step.ForwardRequests ignored -> SWITCH;
            case Step.UnlinkHosts ignored -> SWITCH;
            case Step.CleanUp ignored -> SWITCH;
            case Step.Gate ignored -> LOOK;
        };
    }

    int attempts() {
        return attempts;
    }

    Duration startToClose() {
        return startToClose;
    }

    /** The options, with the words that Temporal's own UI shows. */
    ActivityOptions with(String summary) {
        return ActivityOptions.newBuilder()
                .setTaskQueue(this == INSPECT ? TaskQueue.PREFLIGHT : TaskQueue.NAME)
                .setStartToCloseTimeout(startToClose)
                .setHeartbeatTimeout(heartbeat)
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
}
