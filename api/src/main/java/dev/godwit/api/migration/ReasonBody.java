package dev.godwit.api.migration;

import dev.godwit.api.http.Reasons;
import dev.godwit.api.http.RequestBody;
import dev.godwit.api.openapi.Doc;

/** A command that needs nothing but a reason. */
public record ReasonBody(
        @Doc(value = Reasons.MEANING, pattern = Reasons.WORDS, longest = Reasons.LONGEST)
        String reason) implements RequestBody {}
