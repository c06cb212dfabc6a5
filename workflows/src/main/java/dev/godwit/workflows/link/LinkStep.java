package dev.godwit.workflows.link;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.step.WithoutUndo;
import org.jspecify.annotations.Nullable;

/** Makes, or removes, what the servers need of each other while they are moved between. */
public sealed interface LinkStep extends Action {
    @Override
    default Effect effect() {
        return Effect.NONE;
    }

    @Override
    default Patience patience() {
        return Patience.SWITCH;
    }

    /**
     * Lets the target fetch from the source: a temporary key, made on the target, accepted by the source from the
     * target's address for Godwit's own transfers and nothing else.
     */
    record LinkHosts() implements LinkStep {
        @Override
        public String does() {
            return "make a temporary key on the target and let it fetch from the source, from its address and for"
                    + " the transfers of this migration only; open the source's firewall for that, if it is in the way";
        }

        @Override
        public String undo() {
            return "remove the key from both servers, and the firewall rule";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }

        @Override
        public BeforeImage look(Call call) {
            return BeforeImage.NOTHING;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(HostLink.class).linkHosts(call.act(this));
        }

        @Override
        public Outcome takeBack(Call call) {
            return call.to(HostLink.class).removeLink(call.undo(this));
        }

        @Override
        public boolean needs(Side side) {
            return true;
        }

        @Override
        public boolean putsBack(Step newer) {
            return false;
        }
    }

    /** Removes the temporary key from both servers. */
    record UnlinkHosts() implements LinkStep, WithoutUndo {
        @Override
        public String does() {
            return "remove the temporary key from both servers, and the firewall rule";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(HostLink.class).unlinkHosts(call.act(this));
        }
    }

    /**
     * Removes what Godwit kept on the servers: its state folders and jobs. What a finished migration has replaced (the
     * site's file, crontabs, the database's limit, certificates) is archived, because it is nowhere else.
     *
     * @param afterRollback everything is back in its place, so nothing is archived
     */
    record CleanUp(
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean afterRollback) implements LinkStep, WithoutUndo {
        /** After a finished migration. */
        public CleanUp() {
            this(false);
        }

        @Override
        public String does() {
            return afterRollback
                    ? "remove Godwit's state folders and jobs from both servers"
                    : "remove Godwit's state folders and jobs from both servers; what was replaced is archived there";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(HostLink.class).cleanUp(call.act(this));
        }
    }
}
