package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.Step.RunHook;
import io.temporal.activity.ActivityInterface;

/** The operator's own commands, run as supervised jobs. */
@ActivityInterface(namePrefix = "Hooks.")
public interface Hooks {
    Outcome runHook(Act<RunHook> request);

    Outcome undoHook(Undo<RunHook> request);
}
