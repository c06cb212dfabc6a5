package dev.godwit.workflows.database;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a database gets to the target. */
public enum CopyMethod {
    /** Let the planner choose by what the preflight found. */
    @JsonProperty("auto")
    AUTO,
    /** Dump and restore, once to rehearse and once more inside the outage. */
    @JsonProperty("dump")
    DUMP
}
