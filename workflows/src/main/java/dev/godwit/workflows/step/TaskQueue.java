package dev.godwit.workflows.step;

/** Where Godwit's work is queued. */
public final class TaskQueue {
    /** Workflows, and the steps of the migrations that are under way. */
    public static final String NAME = "godwit";

    /**
     * The looks of a preflight. Many starts at once queue up here, and hold up neither each other's acceptance nor a step
     * for which visitors wait.
     */
    public static final String PREFLIGHT = "godwit-preflight";

    /** The questions of soaks. However many soak, each place for a step stays free for a cutover. */
    public static final String WATCH = "godwit-watch";

    private TaskQueue() {}
}
