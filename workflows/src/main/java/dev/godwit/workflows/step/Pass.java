package dev.godwit.workflows.step;

/** Which pass over the files or the database it is. */
public enum Pass {
    /** The first, long before the cutover; its undo removes the copy. */
    FIRST,
    /** While the source still serves, to make the last one short. */
    LIVE,
    /** When nothing writes on the source any more. */
    FINAL
}
