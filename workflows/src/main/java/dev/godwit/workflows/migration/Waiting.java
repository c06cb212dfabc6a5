package dev.godwit.workflows.migration;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a migration waits for.
 *
 * @param reason in words: which approval, until when, or why a step failed
 * @param until when the wait ends by itself; null if only a person ends it
 * @param options the decisions that fit, if it is a decision
 */
public record Waiting(
        For what, String step, String reason, @Nullable Instant until, List<Choice> options) {
    public Waiting {
        options = List.copyOf(options);
    }

    /** The kinds of wait. */
    public enum For {
        APPROVAL,
        DECISION,
        RESUME,
        TIME
    }
}
