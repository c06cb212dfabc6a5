package dev.godwit.activities;

import dev.godwit.workflows.activity.Progress;
import io.temporal.activity.Activity;

/** Signs of life of work that counts no bytes. The SDK sends them no oftener than is needed. */
public final class Heartbeat {
    private Heartbeat() {}

    /** Says what is being done right now; stops the activity if it was cancelled or the worker is shutting down. */
    public static void of(String what) {
        Activity.getExecutionContext().heartbeat(new Progress(what, 0, 0));
    }
}
