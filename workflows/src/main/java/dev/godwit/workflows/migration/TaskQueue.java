package dev.godwit.workflows.migration;

/** Where Godwit's work is queued. */
public final class TaskQueue {
    public static final String NAME = "godwit";

    private TaskQueue() {}
}
