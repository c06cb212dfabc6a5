package dev.godwit.activities.host;

import dev.godwit.workflows.activity.Progress;
import io.temporal.activity.Activity;

/** Says that an activity is alive while it waits for a server. */
public final class ActivityHeartbeat {
    private ActivityHeartbeat() {}

    /**
     * Records progress.
     *
     * @throws io.temporal.client.ActivityCompletionException when the activity was cancelled or the worker stops
     */
    public static void beat(String what) {
        Activity.getExecutionContext().heartbeat(new Progress(what, 0, 0));
    }
}
