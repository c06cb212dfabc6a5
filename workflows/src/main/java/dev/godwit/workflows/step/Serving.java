package dev.godwit.workflows.step;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who answers visitors. */
public enum Serving {
    /** The old server, as before the migration. */
    @JsonProperty("source")
    SOURCE("the source serves"),
    /** The maintenance page: an outage. */
    @JsonProperty("page")
    PAGE("the maintenance page is up"),
    /** Nobody yet: requests wait at the old server's proxy. */
    @JsonProperty("held")
    HELD("requests are held"),
    /** The new server, reached by DNS or through the old server's proxy. */
    @JsonProperty("target")
    TARGET("the target serves"),
    /** Nobody knows until a step that failed is mended or a worker answers. */
    @JsonProperty("unknown")
    UNKNOWN("it is not known who serves");

    private final String words;

    Serving(String words) {
        this.words = words;
    }

    /** What people read. */
    public String words() {
        return words;
    }

    /** Whether visitors wait for a service: each second counts. */
    public boolean isOutage() {
        return this == PAGE || this == HELD;
    }
}
