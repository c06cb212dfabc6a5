package dev.godwit.workflows.migration;

/** The ways in which a migration ends. There is no third: else it waits for a person with the serving side known. */
public enum End {
    /** The target serves. */
    FINISHED,
    /** The source serves, everything as it was found. */
    ROLLED_BACK
}
