package dev.godwit.workflows.units;

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
import org.jspecify.annotations.Nullable;

/** Acts on systemd units. */
public sealed interface UnitStep extends Action {
    @Override
    Side on();

    /** Their names, with suffix. */
    List<String> units();

    @Override
    default Patience patience() {
        return Patience.SWITCH;
    }

    @Override
    default BeforeImage look(Call call) {
        return call.to(ServiceUnits.class).lookAtUnits(call.look(this));
    }

    @Override
    default Outcome takeBack(Call call) {
        return call.to(ServiceUnits.class).restoreUnits(call.undo(this));
    }

    @Override
    default boolean putsBack(Step newer) {
        return newer instanceof UnitStep later && on() == later.on() && units().containsAll(later.units());
    }

    /**
     * Starts units and, unless it is only for a rehearsal, enables them to start at boot.
     *
     * @param environment variables that the services get until they are stopped, each as {@code NAME=value}
     */
    record StartUnits(Side on, List<String> units, boolean enable, List<String> environment) implements UnitStep {
        public StartUnits {
            units = List.copyOf(units);
            environment = environment == null ? List.of() : List.copyOf(environment);
        }

        /** With the environment that their units give them. */
        public StartUnits(Side on, List<String> units, boolean enable) {
            this(on, units, enable, List.of());
        }

        @Override
        public String does() {
            return "start " + (enable ? "and enable " : "") + Words.list(units) + " on the " + on.word()
                    + (environment.isEmpty() ? "" : ", with " + Words.list(environment));
        }

        @Override
        public String undo() {
            return "put " + Words.list(units) + " back to the state found on the " + on.word();
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ServiceUnits.class).startUnits(call.act(this));
        }
    }

    /** Stops units and, unless it only ends a rehearsal, keeps them from starting at boot. */
    record StopUnits(Side on, List<String> units, boolean disable) implements UnitStep {
        public StopUnits {
            units = List.copyOf(units);
        }

        @Override
        public String does() {
            return "stop " + (disable ? "and disable " : "") + Words.list(units) + " on the " + on.word();
        }

        @Override
        public @Nullable String undo() {
            return disable ? "put " + Words.list(units) + " back to the state found on the " + on.word() : null;
        }

        /**
         * The jobs' units too: stopped before the page is up and put back when it is down, they are never asked about.
         */
        @Override
        public Effect effect() {
            return on == Side.SOURCE ? Effect.STOPS_SOURCE : Effect.NONE;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ServiceUnits.class).stopUnits(call.act(this));
        }
    }

    /** Keeps units from ever starting again, by hand or as a dependency. */
    record RetireUnits(Side on, List<String> units) implements UnitStep {
        public RetireUnits {
            units = List.copyOf(units);
        }

        @Override
        public String does() {
            return "keep " + Words.list(units) + " on the " + on.word()
                    + " from starting again, by hand or by another unit";
        }

        @Override
        public @Nullable String undo() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(ServiceUnits.class).retireUnits(call.act(this));
        }
    }
}
