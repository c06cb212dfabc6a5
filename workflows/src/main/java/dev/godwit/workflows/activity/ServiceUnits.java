package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.RetireUnits;
import dev.godwit.workflows.plan.Step.StartUnits;
import dev.godwit.workflows.plan.Step.StopUnits;
import dev.godwit.workflows.plan.Step.UnitStep;
import io.temporal.activity.ActivityInterface;

/** systemd units. */
@ActivityInterface(namePrefix = "ServiceUnits.")
public interface ServiceUnits {
    BeforeImage lookAtUnits(Look<UnitStep> request);

    Outcome startUnits(Act<StartUnits> request);

    Outcome stopUnits(Act<StopUnits> request);

    Outcome retireUnits(Act<RetireUnits> request);

    /** Puts every unit back to the state that was found. */
    Outcome restoreUnits(Undo<UnitStep> request);
}
