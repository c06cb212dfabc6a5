package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Step;

/** What the undo of one step means for others. Pure. */
final class UndoRules {
    private UndoRules() {}

    /**
     * Whether the undo of an older step puts back what a newer one's, which failed, would have. Tried again after it, the
     * newer one would bring back a state in between: the maintenance page, the low TTL.
     */
    static boolean putsTheSameBack(Step older, Step newer) {
        return switch (older) {
            case Step.DnsStep ignored -> newer instanceof Step.DnsStep;
            case Step.SiteStep site -> newer instanceof Step.SiteStep && site.on() == newer.on();
            case Step.UnitStep found ->
                newer instanceof Step.UnitStep units
                        && found.on() == units.on()
                        && found.units().containsAll(units.units());
            default -> false;
        };
    }

    /** Whether what visitors wrote on the target is in what this step made there. */
    static boolean holdsWrites(Step step) {
        return step instanceof Step.CopyDatabase || step instanceof Step.CopyFiles;
    }
}
