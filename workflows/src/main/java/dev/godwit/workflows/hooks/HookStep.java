package dev.godwit.workflows.hooks;

import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs what the operator wrote. */
public sealed interface HookStep extends Action {
    /** Runs a command of the operator's own. */
    record RunHook(Side on, String run, @Nullable String undoScript, Duration timeout, Hook.Effect means)
            implements HookStep {
        @Override
        public String does() {
            return "run on the " + on.word() + ": " + Words.firstLine(run);
        }

        @Override
        public String undo() {
            return undoScript == null
                    ? "stop it, if it still runs"
                    : "run on the " + on.word() + ": " + Words.firstLine(undoScript);
        }

        /** A hook that moves data, or stops the source, is no harmless one: only its author knows. */
        @Override
        public boolean skippable() {
            return means == Hook.Effect.NONE;
        }

        @Override
        public Effect effect() {
            return switch (means) {
                case NONE -> Effect.NONE;
                case COPY -> Effect.COPY;
                case STOPS_SOURCE -> Effect.STOPS_SOURCE;
            };
        }

        @Override
        public Patience patience() {
            return Patience.HOOK;
        }

        @Override
        public BeforeImage look(Call call) {
            return BeforeImage.NOTHING;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(Hooks.class).runHook(call.act(this));
        }

        @Override
        public Outcome takeBack(Call call) {
            return call.to(Hooks.class).undoHook(call.undo(this));
        }

        @Override
        public boolean putsBack(Step newer) {
            return false;
        }
    }
}
