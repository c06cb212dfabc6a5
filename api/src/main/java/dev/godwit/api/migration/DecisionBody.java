package dev.godwit.api.migration;

import dev.godwit.api.http.Reasons;
import dev.godwit.api.http.RequestBody;
import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.migration.Choice;

/** Decides about a step whose retries have ended. */
public record DecisionBody(
        @Doc(
                value = "The id of the step",
                pattern = "^[\\x21-\\x7e]+$",
                longest = 200,
                example = "copy-database-final-shop")
        String step,

        Choice choice,

        @Doc(value = Reasons.MEANING, pattern = Reasons.WORDS, longest = Reasons.LONGEST)
        String reason)
        implements RequestBody {}
