package dev.godwit.activities.database;

import dev.godwit.workflows.activity.Progress;

/** Where long work says how far it is. It throws when the work should stop; a job on a server then goes on by itself. */
@FunctionalInterface
public interface Heartbeats {
    void beat(Progress progress);
}
