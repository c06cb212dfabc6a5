package dev.godwit.workflows.spec;

import dev.godwit.workflows.plan.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A command of the operator's own, at a place of the plan. */
public record Hook(
        @Key("the phase in which it runs") Phase phase,

        @Key(value = "the kind of step before which it runs", text = Text.STEP_KIND) @Nullable
        String before,

        @Key(
                value = "the kind of step after which it runs; with neither it runs at the end of the phase",
                text = Text.STEP_KIND)
        @Nullable
        String after,

        @Key("the server on which it runs") Side on,

        @Key(value = "a shell script, safe to run twice", text = Text.SCRIPT)
        String run,

        @Key(value = "the script that takes it back; without it a hook that still runs is stopped", text = Text.SCRIPT)
        @Nullable
        String undo,

        @Key(value = "after which it has failed", text = Text.TIMEOUT, standard = "\"2m\"")
        Duration timeout) {
    public Hook {
        timeout = timeout == null ? Duration.ofMinutes(2) : timeout;
    }
}
