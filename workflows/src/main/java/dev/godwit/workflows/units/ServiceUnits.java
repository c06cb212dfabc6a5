package dev.godwit.workflows.units;

import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.units.UnitStep.RetireUnits;
import dev.godwit.workflows.units.UnitStep.StartUnits;
import dev.godwit.workflows.units.UnitStep.StopUnits;
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
