package dev.godwit.api.migration;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.step.Progress;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Adds to the steps at work what the engine knows about their activities: attempt, last failure, progress. */
final class Activities {
    private static final int LONGEST_FAILURE = 2000;

    private Activities() {}

    /** Steps at work and pending activities are both in the order in which they began. */
    static List<StepView> on(List<StepView> steps, DescribeWorkflowExecutionResponse description) {
        Iterator<PendingActivityInfo> activities =
                description.getPendingActivitiesList().iterator();
        List<StepView> result = new ArrayList<>();
        for (StepView step : steps) {
            result.add(
                    step.isAtWork() && activities.hasNext()
                            ? step.with(view(activities.next(), step.startedAt()))
                            : step);
        }
        return result;
    }

    static ActivityView view(PendingActivityInfo activity, @Nullable Instant begun) {
        boolean waits = activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
                && activity.getAttempt() > 1
                && activity.hasScheduledTime();
        Optional<Progress> progress = progress(activity);
        return new ActivityView(
                Math.max(1, activity.getAttempt()),
                activity.hasLastFailure() ? cut(activity.getLastFailure().getMessage()) : null,
                waits ? Run.instant(activity.getScheduledTime()) : null,
                progress.map(Progress::what).orElse(null),
                progress.map(Progress::doneBytes).orElse(null),
                progress.map(Progress::totalBytes).filter(total -> total > 0).orElse(null),
                progress.map(done -> timeLeft(done, begun, Run.instant(activity.getLastHeartbeatTime())))
                        .orElse(null));
    }

    private static Optional<Progress> progress(PendingActivityInfo activity) {
        if (activity.getHeartbeatDetails().getPayloadsCount() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(GodwitJson.dataConverter()
                    .fromPayload(activity.getHeartbeatDetails().getPayloads(0), Progress.class, Progress.class));
        } catch (DataConverterException e) {
            // An activity is free to keep other things in its heartbeats.
            return Optional.empty();
        }
    }

    /** As of the last heartbeat and in whole seconds, so that a watcher sees a change only where there is one. */
    static @Nullable Duration timeLeft(Progress progress, @Nullable Instant begun, Instant at) {
        if (begun == null || progress.doneBytes() <= 0 || progress.totalBytes() <= 0) {
            return null;
        }
        double seconds = Duration.between(begun, at).toMillis() / 1000.0;
        double left = seconds * (progress.totalBytes() - progress.doneBytes()) / progress.doneBytes();
        return Duration.ofSeconds(Math.max(0, Math.round(left)));
    }

    private static String cut(String message) {
        return message.length() <= LONGEST_FAILURE ? message : message.substring(0, LONGEST_FAILURE) + "…";
    }
}
