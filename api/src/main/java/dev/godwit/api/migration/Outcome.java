package dev.godwit.api.migration;

/** What became of a migration. */
public enum Outcome {
    /** It runs or waits. */
    OPEN,
    /** The target serves. */
    FINISHED,
    /** The source serves, everything as it was found. */
    ROLLED_BACK
}
