package dev.godwit.activities;

import dev.godwit.workflows.step.Progress;
import io.temporal.activity.Activity;

/**
 * What the activity that runs is doing. The SDK sends it no oftener than is needed; that the activity lives at all, the
 * worker says by itself.
 */
public final class Heartbeat {
    private Heartbeat() {}

    /** Says what is being done right now; stops the activity if it was cancelled or the worker is shutting down. */
    public static void of(String what) {
        of(new Progress(what, 0, 0));
    }

    /** The same of work that counts bytes. */
    public static void of(Progress progress) {
        Activity.getExecutionContext().heartbeat(progress);
    }
}
