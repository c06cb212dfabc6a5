package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.FenceDatabase;
import io.temporal.activity.ActivityInterface;

/** Keeps applications from writing to the source's database, provably. */
@ActivityInterface(namePrefix = "DatabaseFence.")
public interface DatabaseFence {
    BeforeImage lookAtFence(Look<FenceDatabase> request);

    Outcome fenceDatabase(Act<FenceDatabase> request);

    Outcome liftFence(Undo<FenceDatabase> request);
}
