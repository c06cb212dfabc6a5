package dev.godwit.workflows.migration;

/** Where a step is in its life. */
public enum StepState {
    PENDING,
    RUNNING,
    /** A gate or a timer: nothing is done, something is awaited. */
    WAITING,
    DONE,
    /** Its retries have ended; a person or the budget decides. */
    FAILED,
    /** A person decided to go on without it. */
    SKIPPED,
    UNDOING,
    UNDONE,
    /** Its undo failed; what it changed may still be there. */
    UNDO_FAILED
}
