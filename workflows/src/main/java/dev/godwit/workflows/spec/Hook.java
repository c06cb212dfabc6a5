package dev.godwit.workflows.spec;

import dev.godwit.workflows.plan.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A command of the operator's own, at a place of the plan.
 *
 * @param before the kind of step before which it runs, such as {@code serve-page}
 * @param after the kind of step after which it runs; with neither it runs at the end of the phase
 * @param run a shell script; it must be safe to run twice
 * @param undo the script that takes it back; nothing is taken back without it
 */
public record Hook(
        Phase phase,
        @Nullable String before,
        @Nullable String after,
        Side on,
        String run,
        @Nullable String undo,
        Duration timeout) {
    public Hook {
        timeout = timeout == null ? Duration.ofMinutes(2) : timeout;
    }
}
