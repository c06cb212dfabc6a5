package dev.godwit.workflows.crontabs;

import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import java.util.List;

/** Acts on users' crontabs. */
public sealed interface CrontabStep extends Action {
    @Override
    Side on();

    List<String> users();

    @Override
    default Effect effect() {
        return Effect.NONE;
    }

    @Override
    default Patience patience() {
        return Patience.SWITCH;
    }

    @Override
    default BeforeImage look(Call call) {
        return call.to(Crontabs.class).lookAtCrontabs(call.look(this));
    }

    @Override
    default Outcome takeBack(Call call) {
        return call.to(Crontabs.class).restoreCrontabs(call.undo(this));
    }

    @Override
    default boolean putsBack(Step newer) {
        return false;
    }

    /** Takes users' crontabs away from the source, and keeps them for the target and for the way back. */
    record RemoveCrontabs(List<String> users) implements CrontabStep {
        public RemoveCrontabs {
            users = List.copyOf(users);
        }

        @Override
        public String does() {
            return "remove the crontabs of " + Words.list(users) + " from the source";
        }

        @Override
        public String undo() {
            return "put the crontabs of " + Words.list(users) + " back, byte for byte";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(Crontabs.class).removeCrontabs(call.act(this));
        }
    }

    /** Puts the crontabs that were taken from the source on the target. */
    record InstallCrontabs(List<String> users) implements CrontabStep {
        public InstallCrontabs {
            users = List.copyOf(users);
        }

        @Override
        public String does() {
            return "install the crontabs of " + Words.list(users) + " on the target";
        }

        @Override
        public String undo() {
            return "remove the crontabs of " + Words.list(users) + " from the target";
        }

        /** The lists come from the source: one that is gone for good must not keep DNS from moving. */
        @Override
        public boolean skippable() {
            return true;
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(Crontabs.class).installCrontabs(call.act(this));
        }
    }
}
