package dev.godwit.workflows.plan;

/** The stages of a migration's life, in order. */
public enum Phase {
    PREFLIGHT,
    PREPARE,
    REHEARSE,
    CUTOVER,
    SOAK,
    FINISH
}
