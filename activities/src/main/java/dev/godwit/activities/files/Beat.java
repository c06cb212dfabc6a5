package dev.godwit.activities.files;

import dev.godwit.activities.Heartbeat;
import dev.godwit.workflows.step.Progress;

/** Tells Temporal how far a long step is; from the activity's own thread. */
final class Beat {
    private Progress last;

    Beat(String what) {
        last = new Progress(what, 0, 0);
    }

    /** Says again what was said last: the step is alive. */
    void alive() {
        Heartbeat.of(last);
    }

    void tell(String what, long doneBytes, long totalBytes) {
        last = new Progress(what, doneBytes, totalBytes);
        Heartbeat.of(last);
    }
}
