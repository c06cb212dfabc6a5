package dev.godwit.api.migration;

import dev.godwit.api.http.Reasons;
import dev.godwit.api.http.RequestBody;
import dev.godwit.api.openapi.Doc;

/** Opens the gate before the cutover. */
public record ApprovalBody(
        @Doc(value = "The hash of the plan that was reviewed", pattern = StartBody.HASH, longest = 64)
        String plan,

        @Doc(value = Reasons.MEANING, pattern = Reasons.WORDS, longest = Reasons.LONGEST)
        String reason)
        implements RequestBody {}
