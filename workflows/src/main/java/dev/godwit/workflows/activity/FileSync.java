package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.CopyFiles;
import dev.godwit.workflows.plan.Step.VerifyFiles;
import io.temporal.activity.ActivityInterface;

/** Folders, by rsync from the source to the target. */
@ActivityInterface(namePrefix = "FileSync.")
public interface FileSync {
    Inspection inspectTrees(Inspect request);

    BeforeImage lookAtCopy(Look<CopyFiles> request);

    Outcome copyFiles(Act<CopyFiles> request);

    Outcome removeCopy(Undo<CopyFiles> request);

    Outcome verifyFiles(Act<VerifyFiles> request);
}
