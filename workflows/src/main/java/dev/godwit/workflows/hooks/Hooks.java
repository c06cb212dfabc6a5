package dev.godwit.workflows.hooks;

import dev.godwit.workflows.hooks.HookStep.RunHook;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;

/** The operator's own commands, run as supervised jobs. */
@ActivityInterface(namePrefix = "Hooks.")
public interface Hooks {
    Outcome runHook(Act<RunHook> request);

    Outcome undoHook(Undo<RunHook> request);
}
