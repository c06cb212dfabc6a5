package dev.godwit.workflows.migration;

import dev.godwit.workflows.database.DatabaseCopy;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.database.LossQuestion;
import dev.godwit.workflows.link.HostLink;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.Reach;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.step.Undo;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Calls the activities of a migration: a step says which, this says with what, how patiently, and under which words. */
final class Hands {
    private static final String CLEAN_UP = "clean-up";

    private final MigrationContext migration;
    private final BooleanSupplier visitorsWait;

    /** @param visitorsWait whether nobody serves right now */
    Hands(MigrationContext migration, BooleanSupplier visitorsWait) {
        this.migration = migration;
        this.visitorsWait = visitorsWait;
    }

    /** Takes the before-image of a step. */
    BeforeImage look(PlannedStep planned, Action action) {
        return action.look(call(planned.id(), BeforeImage.NOTHING, Patience.LOOK, planned.id() + ": look"));
    }

    /** Carries out a step. */
    Outcome act(PlannedStep planned, Action action, BeforeImage before) {
        return action.act(call(planned.id(), before, action.patience(), planned.id()));
    }

    /**
     * Takes a step back. Only for a step that says how it is undone.
     *
     * @param patience how patiently
     */
    Outcome takeBack(PlannedStep planned, Action action, BeforeImage before, Patience patience) {
        return action.takeBack(call(planned.id(), before, patience, planned.id() + ": undo"));
    }

    /** Sees that a server can be logged in to. */
    void reach(Side side, Patience patience) {
        stub(HostLink.class, patience, "look whether the " + side.word() + " is there")
                .reach(new Reach(migration, side));
    }

    /** Counts what a rollback after the pivot would lose, as far as that can be counted while somebody waits for it. */
    Loss estimateLoss(List<DatabaseSpec> databases) {
        return stub(DatabaseCopy.class, Patience.ESTIMATE, "estimate what a rollback would lose")
                .estimateLoss(new LossQuestion(migration, databases));
    }

    /** Removes what Godwit kept on the servers, after a rollback. */
    Outcome cleanUp() {
        return new CleanUp(true).act(call(CLEAN_UP, BeforeImage.NOTHING, Patience.UNDO, "clean up"));
    }

    private <A> A stub(Class<A> system, Patience patience, String summary) {
        return OtherWorkers.stub(system, patience.options(summary, visitorsWait.getAsBoolean()));
    }

    private Call call(String stepId, BeforeImage before, Patience patience, String summary) {
        return new Call() {
            @Override
            public <A> A to(Class<A> system) {
                return stub(system, patience, summary);
            }

            @Override
            public <S extends Step> Look<S> look(S step) {
                return new Look<>(migration, stepId, step);
            }

            @Override
            public <S extends Step> Act<S> act(S step) {
                return new Act<>(migration, stepId, step, before);
            }

            @Override
            public <S extends Step> Undo<S> undo(S step) {
                return new Undo<>(migration, stepId, step, before);
            }
        };
    }
}
