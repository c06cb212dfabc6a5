package dev.godwit.workflows.migration;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit.
 *
 * @param actor the name of the token whose holder caused it; {@code godwit} for what follows by itself
 * @param event such as {@code started}, {@code approved}, {@code step done}, {@code step failed}
 * @param step the id of the step it is about
 * @param attempt of the step, 0 if it is not about an attempt
 * @param result what was found and done
 * @param reason the words that the actor gave
 */
public record JournalEntry(
        Instant at,
        String actor,
        String event,
        @Nullable String step,
        int attempt,
        @Nullable String result,
        @Nullable String reason) {}
