package dev.godwit.workflows.proxy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What visitors meet while neither side serves. */
public enum Outage {
    /** A maintenance page with status 503 and Retry-After. */
    @JsonProperty("page")
    PAGE
}
