package dev.godwit.workflows.units;

import dev.godwit.workflows.step.BeforeImage;
import java.util.List;

/** The state of systemd units. */
public record UnitStates(List<UnitState> units) implements BeforeImage {
    public UnitStates {
        units = List.copyOf(units);
    }
}
