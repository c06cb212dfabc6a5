package dev.godwit.workflows.files;

import dev.godwit.workflows.files.FileStep.CopyFiles;
import dev.godwit.workflows.files.FileStep.VerifyFiles;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/** Folders, by rsync from the source to the target. */
@ActivityInterface(namePrefix = "FileSync.")
public interface FileSync {
    Inspection<List<TreeFacts>> inspectTrees(InspectTrees request);

    BeforeImage lookAtCopy(Look<CopyFiles> request);

    Outcome copyFiles(Act<CopyFiles> request);

    Outcome removeCopy(Undo<CopyFiles> request);

    Outcome verifyFiles(Act<VerifyFiles> request);
}
