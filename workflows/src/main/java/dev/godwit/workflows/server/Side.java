package dev.godwit.workflows.server;

import com.fasterxml.jackson.annotation.JsonProperty;

/** One of the two servers of a migration. */
public enum Side {
    /** The server that the service leaves. */
    @JsonProperty("source")
    SOURCE,
    /** The server that the service goes to. */
    @JsonProperty("target")
    TARGET;

    /** The other one. */
    public Side other() {
        return this == SOURCE ? TARGET : SOURCE;
    }

    /** The word that people read: {@code source} or {@code target}. */
    public String word() {
        return this == SOURCE ? "source" : "target";
    }
}
