package dev.godwit.workflows.database;

import dev.godwit.workflows.database.DatabaseStep.FenceDatabase;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;

/** Keeps applications from writing to the source's database, provably. */
@ActivityInterface(namePrefix = "DatabaseFence.")
public interface DatabaseFence {
    BeforeImage lookAtFence(Look<FenceDatabase> request);

    Outcome fenceDatabase(Act<FenceDatabase> request);

    Outcome liftFence(Undo<FenceDatabase> request);
}
