package dev.godwit.workflows.database;

import dev.godwit.workflows.database.DatabaseStep.CopyDatabase;
import dev.godwit.workflows.database.DatabaseStep.SetSequences;
import dev.godwit.workflows.database.DatabaseStep.VerifyDatabase;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/** Copies a database from the source to the target and compares the two. */
@ActivityInterface(namePrefix = "DatabaseCopy.")
public interface DatabaseCopy {
    Inspection<List<DatabaseFacts>> inspectDatabases(InspectDatabases request);

    BeforeImage lookAtCopy(Look<CopyDatabase> request);

    Outcome copyDatabase(Act<CopyDatabase> request);

    Outcome dropCopy(Undo<CopyDatabase> request);

    Outcome setSequences(Act<SetSequences> request);

    Outcome verifyDatabase(Act<VerifyDatabase> request);

    /** Counts the rows that only the target has: what a rollback after the pivot would lose. */
    Loss estimateLoss(LossQuestion request);
}
