package dev.godwit.api.migration;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.godwit.api.http.Reasons;
import dev.godwit.api.http.RequestBody;
import dev.godwit.api.openapi.Doc;

/** Decides about a step whose retries have ended. */
public record DecisionBody(
        @Doc(
                value = "The id of the step",
                pattern = "^[\\x21-\\x7e]+$",
                longest = 200,
                example = "copy-database-final.shop")
        String step,

        Decision choice,

        @Doc(value = Reasons.MEANING, pattern = Reasons.NOT_BLANK, longest = Reasons.LONGEST)
        String reason)
        implements RequestBody {
    /** What can be decided. */
    public enum Decision {
        @JsonProperty("retry")
        RETRY,
        @JsonProperty("skip")
        SKIP,
        @JsonProperty("roll-back")
        ROLL_BACK
    }
}
