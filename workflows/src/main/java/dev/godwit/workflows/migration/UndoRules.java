package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.spec.Side;

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

    /**
     * Whether the source can serve visitors only when this step has been taken back. Asked while the page is up, when no
     * unit of the source is down but the service's.
     */
    static boolean neededToServe(Step step) {
        return switch (step) {
            case Step.ServePage ignored -> true;
            case Step.FenceDatabase ignored -> true;
            case Step.StopUnits units -> units.on() == Side.SOURCE;
            default -> false;
        };
    }

    /** Whether what visitors wrote on the target is in what this step made there. */
    static boolean holdsWrites(Step step) {
        return step instanceof Step.CopyDatabase || step instanceof Step.CopyFiles;
    }
}
