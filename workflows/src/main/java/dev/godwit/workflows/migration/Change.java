package dev.godwit.workflows.migration;

import io.temporal.workflow.Workflow;

/**
 * What the interpreter does otherwise since histories were recorded that must replay (ADR 5): the change ids, which
 * docs/architecture.md lists. Each is asked only where it matters, so that other histories have no mark of it; where it
 * is asked, and after which conditions, never changes.
 */
enum Change {
    /** The soak ends without waiting for its watch to end, whose worker may be dead. */
    FINISH_AT_ONCE("finish-at-once"),
    /** What the undo of the pivot knows when it works in the end decides whether the copies are kept; before, the doubt did. */
    CERTAIN_AFTER_ALL("certain-after-all"),
    /** A pause that is said while the before-images of the cutover are taken keeps its first step from beginning. */
    PAUSE_AFTER_LOOKS("pause-after-looks"),
    /** While the page is up, an undo that fails and that the source needs to serve stops those behind it. */
    PAGE_UNTIL_SERVED("page-until-served"),
    /** A soak that is retried after its time asks the target once more; before, it was done at once. */
    LATE_RETRY_OF_SOAK("late-retry-of-soak");

    private final String id;

    Change(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** Whether this migration has met it: each does that asks for the first time. The answer is in its history from then on. */
    boolean isMade() {
        return Workflow.getVersion(id, Workflow.DEFAULT_VERSION, 1) == 1;
    }
}
