package dev.godwit.activities.files;

import dev.godwit.workflows.activity.Progress;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;

/** Tells Temporal how far a long step is. */
final class Beat {
    private final ActivityExecutionContext context = Activity.getExecutionContext();
    private Progress last;

    Beat(String what) {
        last = new Progress(what, 0, 0);
    }

    /** Says again what was said last: the step is alive. */
    void alive() {
        context.heartbeat(last);
    }

    void tell(String what, long doneBytes, long totalBytes) {
        last = new Progress(what, doneBytes, totalBytes);
        context.heartbeat(last);
    }
}
