package dev.godwit.workflows.database;

import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.step.WithoutUndo;
import org.jspecify.annotations.Nullable;

/** Moves a database. */
public sealed interface DatabaseStep extends Action {
    DatabaseSpec database();

    /**
     * Copies a database with the roles that it needs; an older copy of this migration's is dropped first. The undo of the
     * first copy drops whatever copy there is: a rollback in the outage does not wait for that.
     */
    record CopyDatabase(DatabaseSpec database, Pass pass) implements DatabaseStep {
        @Override
        public String does() {
            return pass == Pass.FIRST
                    ? "copy the database " + database.name() + " and the roles it needs to the target, to rehearse"
                    : "copy the database " + database.name() + " to the target again, now that nothing writes to it";
        }

        @Override
        public @Nullable String undo() {
            return pass == Pass.FIRST
                    ? "drop the copy of " + database.name() + " and the roles made for it from the target"
                    : null;
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public Effect effect() {
            return Effect.COPY;
        }

        @Override
        public Patience patience() {
            return Patience.COPY;
        }

        @Override
        public BeforeImage look(Call call) {
            return call.to(DatabaseCopy.class).lookAtCopy(call.look(this));
        }

        @Override
        public Outcome act(Call call) {
            return call.to(DatabaseCopy.class).copyDatabase(call.act(this));
        }

        @Override
        public Outcome takeBack(Call call) {
            return call.to(DatabaseCopy.class).dropCopy(call.undo(this));
        }

        @Override
        public boolean putsBack(Step newer) {
            return false;
        }
    }

    /** Sets every sequence from the fenced source, owned by a column or not. */
    record SetSequences(DatabaseSpec database) implements DatabaseStep, WithoutUndo {
        @Override
        public String does() {
            return "set the sequences of " + database.name() + " from the fenced source and prove that the next value"
                    + " of each is free";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Patience patience() {
            return Patience.VERIFY;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(DatabaseCopy.class).setSequences(call.act(this));
        }
    }

    /** Compares every table on both servers: rows and an order-independent checksum; sequences; large objects. */
    record VerifyDatabase(DatabaseSpec database) implements DatabaseStep, WithoutUndo {
        @Override
        public String does() {
            return "compare rows and checksums of every table of " + database.name() + " on both servers";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public Effect effect() {
            return Effect.NONE;
        }

        @Override
        public Patience patience() {
            return Patience.VERIFY;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(DatabaseCopy.class).verifyDatabase(call.act(this));
        }
    }

    /** Makes the source's database refuse the application, and proves it by trying to write as its role. */
    record FenceDatabase(DatabaseSpec database) implements DatabaseStep {
        @Override
        public String does() {
            return "let no application into the source's " + database.name()
                    + " any more, end its sessions, and prove that a write is refused";
        }

        @Override
        public String undo() {
            return "let applications into the source's " + database.name() + " as before";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }

        @Override
        public Effect effect() {
            return Effect.STOPS_SOURCE;
        }

        @Override
        public Patience patience() {
            return Patience.SWITCH;
        }

        @Override
        public BeforeImage look(Call call) {
            return call.to(DatabaseFence.class).lookAtFence(call.look(this));
        }

        @Override
        public Outcome act(Call call) {
            return call.to(DatabaseFence.class).fenceDatabase(call.act(this));
        }

        @Override
        public Outcome takeBack(Call call) {
            return call.to(DatabaseFence.class).liftFence(call.undo(this));
        }

        @Override
        public boolean putsBack(Step newer) {
            return false;
        }
    }
}
