package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.CopyDatabase;
import dev.godwit.workflows.plan.Step.SetSequences;
import dev.godwit.workflows.plan.Step.VerifyDatabase;
import io.temporal.activity.ActivityInterface;

/** Copies a database from the source to the target and compares the two. */
@ActivityInterface(namePrefix = "DatabaseCopy.")
public interface DatabaseCopy {
    Inspection inspectDatabases(Inspect request);

    BeforeImage lookAtCopy(Look<CopyDatabase> request);

    Outcome copyDatabase(Act<CopyDatabase> request);

    Outcome dropCopy(Undo<CopyDatabase> request);

    Outcome setSequences(Act<SetSequences> request);

    Outcome verifyDatabase(Act<VerifyDatabase> request);

    /** Counts the rows that only the target has: what a rollback after the pivot would lose. */
    Loss estimateLoss(LossQuestion request);
}
