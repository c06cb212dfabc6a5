package dev.godwit.workflows.step;

/** What a step means for visitors and for what was written, beyond what it does itself. */
public enum Effect {
    /** Nothing: visitors are served as before, by the same server. */
    NONE,
    /** Makes what visitors write into, once they reach the target. */
    COPY,
    /** Keeps the source from serving, until it is taken back. */
    STOPS_SOURCE,
    /** Once it is requested, nobody serves. Undone, the source serves again. */
    PAGE,
    /** The pivot. Once it is done, the target serves. Undone, nobody serves. */
    PIVOT;

    /** Whether the source can serve visitors only when the step has been taken back. Asked while the page is up. */
    public boolean neededToServe() {
        return this == PAGE || this == STOPS_SOURCE;
    }

    /** Whether what visitors wrote on the target is in what the step made there. */
    public boolean holdsWrites() {
        return this == COPY;
    }
}
