package dev.godwit.workflows.gates;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Step;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A wait that the workflow keeps itself. */
public sealed interface Gate extends Step {
    @Override
    default @Nullable String undo() {
        return null;
    }

    @Override
    default @Nullable Side on() {
        return null;
    }

    @Override
    default Effect effect() {
        return Effect.NONE;
    }

    /** Waits until no resolver can remember the TTL that was observed before it was lowered. */
    record WaitOutTtl(Duration observed) implements Gate {
        @Override
        public String does() {
            return "wait until " + Durations.format(observed) + " have passed since the TTL was lowered";
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    /** Waits for a person's approval of this very plan. */
    record AwaitApproval() implements Gate {
        @Override
        public String does() {
            return "wait for an approval that names the hash of this plan";
        }
    }

    /** Begins no cutover whose outage, by what the first copies and the rehearsal took, would be longer than the spec allows. */
    record KeepBudget(Duration outage) implements Gate {
        @Override
        public String does() {
            return "go on only if the outage, predicted from the first copies and the rehearsal, is at most "
                    + Durations.format(outage);
        }
    }

    /** Watches the service on the target while the old server still forwards stragglers. */
    record Soak(Duration period, List<HttpCheck> checks) implements Gate {
        public Soak {
            checks = List.copyOf(checks);
        }

        @Override
        public String does() {
            return "watch the service for " + Durations.format(period) + ", or until somebody says finish";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }
}
