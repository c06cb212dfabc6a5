package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.CrontabStep;
import dev.godwit.workflows.plan.Step.InstallCrontabs;
import dev.godwit.workflows.plan.Step.RemoveCrontabs;
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
