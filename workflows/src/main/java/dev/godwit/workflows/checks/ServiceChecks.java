package dev.godwit.workflows.checks;

import dev.godwit.workflows.checks.CheckStep.CheckService;
import dev.godwit.workflows.checks.CheckStep.CompareAnswers;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Outcome;
import io.temporal.activity.ActivityInterface;

/** What the service answers, asked from outside at an address of Godwit's choice with the service's real name. */
@ActivityInterface(namePrefix = "ServiceChecks.")
public interface ServiceChecks {
    /** Whether the checks pass against the source as it is now. */
    Inspection<Void> inspectChecks(InspectChecks request);

    Outcome checkService(Act<CheckService> request);

    Outcome compareAnswers(Act<CompareAnswers> request);

    /** Asks every check of the target once. A service that fails is an answer, not a failure. */
    Sighting watchService(Watched request);
}
