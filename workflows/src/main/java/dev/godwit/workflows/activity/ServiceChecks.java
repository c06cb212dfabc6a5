package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.Step.CheckService;
import dev.godwit.workflows.plan.Step.CompareAnswers;
import dev.godwit.workflows.plan.Step.Soak;
import io.temporal.activity.ActivityInterface;

/** What the service answers, asked from outside at an address of Godwit's choice with the service's real name. */
@ActivityInterface(namePrefix = "ServiceChecks.")
public interface ServiceChecks {
    /** Whether the checks pass against the source as it is now. */
    Inspection inspectChecks(Inspect request);

    Outcome checkService(Act<CheckService> request);

    Outcome compareAnswers(Act<CompareAnswers> request);

    /** Asks the checks again and again for the step's period; fails when the service is down for long. */
    Outcome watchService(Act<Soak> request);
}
