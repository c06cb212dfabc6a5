package dev.godwit.api.migration;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a history is told. */
public enum HistoryFormat {
    /** The audit, for people. */
    @JsonProperty("journal")
    JOURNAL,
    /** Temporal's own, which replays. */
    @JsonProperty("temporal")
    TEMPORAL
}
