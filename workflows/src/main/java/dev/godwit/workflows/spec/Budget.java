package dev.godwit.workflows.spec;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Bounds on what visitors may notice. */
public record Budget(
        @Key(
                value = "the longest outage that is acceptable; a longer prediction is shown before the approval",
                text = Text.WAIT)
        @Nullable
        Duration outage,

        @Key(
                value =
                        "how long a step that failed while visitors wait may wait for a person before Godwit rolls back by itself",
                text = Text.WAIT,
                standard = "\"5m\"")
        Duration decision) {
    public static final Budget DEFAULT = new Budget(null, Duration.ofMinutes(5));

    public Budget {
        decision = decision == null ? DEFAULT.decision : decision;
    }
}
