package dev.godwit.workflows.migration;

/** What a person can decide about a step whose retries have ended. */
public enum Choice {
    RETRY,
    SKIP,
    ROLL_BACK
}
