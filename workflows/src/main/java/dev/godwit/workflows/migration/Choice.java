package dev.godwit.workflows.migration;

import com.fasterxml.jackson.annotation.JsonAlias;

/** What a person can decide about a step whose retries have ended. */
public enum Choice {
    @JsonAlias("retry")
    RETRY,
    @JsonAlias("skip")
    SKIP,
    @JsonAlias("roll-back")
    ROLL_BACK
}
