package dev.godwit.workflows.step;

/** The stages of a migration's life, in order. */
public enum Phase {
    PREFLIGHT,
    PREPARE,
    REHEARSE,
    CUTOVER,
    SOAK,
    FINISH
}
