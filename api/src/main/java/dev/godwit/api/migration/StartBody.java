package dev.godwit.api.migration;

import dev.godwit.api.http.Reasons;
import dev.godwit.api.http.RequestBody;
import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.spec.Spec;
import org.jspecify.annotations.Nullable;

/** Starts a migration. */
public record StartBody(
        @Doc("What to move, from where to where") Spec spec,

        @Doc(
                value = "The hash of a plan seen before: the start is refused if today's plan is another one",
                pattern = HASH,
                longest = 64)
        @Nullable
        String plan,

        @Doc(value = Reasons.MEANING, pattern = Reasons.WORDS, longest = Reasons.LONGEST) @Nullable
        String reason)
        implements RequestBody.WithSpec {
    static final String HASH = "^[0-9a-f]{64}$";
}
