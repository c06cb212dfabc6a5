package dev.godwit.api.migration;

import dev.godwit.api.http.Reasons;
import dev.godwit.api.http.RequestBody;
import dev.godwit.api.openapi.Doc;

/** Puts the source back. */
public record RollbackBody(
        @Doc(value = "After the point of no return: the writes on the target since then may be lost", optional = true)
        boolean acceptLoss,

        @Doc(value = Reasons.MEANING, pattern = Reasons.WORDS, longest = Reasons.LONGEST)
        String reason)
        implements RequestBody {}
