package dev.godwit.workflows.crontabs;

import dev.godwit.workflows.crontabs.CrontabStep.InstallCrontabs;
import dev.godwit.workflows.crontabs.CrontabStep.RemoveCrontabs;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;

/** Users' crontabs. */
@ActivityInterface(namePrefix = "Crontabs.")
public interface Crontabs {
    /** Saves the crontabs, byte for byte, in the server's state folder. */
    BeforeImage lookAtCrontabs(Look<CrontabStep> request);

    Outcome removeCrontabs(Act<RemoveCrontabs> request);

    Outcome installCrontabs(Act<InstallCrontabs> request);

    /** Puts the crontabs back as they were found, or removes what was not there. */
    Outcome restoreCrontabs(Undo<CrontabStep> request);
}
