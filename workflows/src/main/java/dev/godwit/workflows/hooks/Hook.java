package dev.godwit.workflows.hooks;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A command of the operator's own, at a place of the plan. */
public record Hook(
        @Key("the phase in which it runs") Phase phase,

        @Key(value = "the id of the step before whose stage it runs, as the plan shows it", text = Text.STEP_ID)
        @Nullable
        String before,

        @Key(
                value = "the id of the step after whose stage it runs; with neither it runs at the end of the phase",
                text = Text.STEP_ID)
        @Nullable
        String after,

        @Key("the server on which it runs") Side on,

        @Key(value = "a shell script, safe to run twice", text = Text.SCRIPT)
        String run,

        @Key(value = "the script that takes it back; without it a hook that still runs is stopped", text = Text.SCRIPT)
        @Nullable
        String undo,

        @Key(value = "after which it has failed", text = Text.TIMEOUT, standard = "\"2m\"")
        Duration timeout,

        @Key(value = "what it means for visitors and their data", standard = "\"none\"")
        Effect effect) {
    public Hook {
        timeout = timeout == null ? Duration.ofMinutes(2) : timeout;
        effect = effect == null ? Effect.NONE : effect;
    }

    /** What a hook does to visitors and their data; only its author knows. */
    public enum Effect {
        /** Nothing that a rollback has to mind. */
        @JsonProperty("none")
        NONE,
        /** It copies data to the target: once visitors have written there, its undo is not run. */
        @JsonProperty("copy")
        COPY,
        /** It keeps the source from serving: while the page is up, the page waits for its undo. */
        @JsonProperty("stops-source")
        STOPS_SOURCE
    }
}
