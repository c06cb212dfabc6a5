package dev.godwit.workflows.plan;

import dev.godwit.workflows.spec.Side;

/** What a step means for visitors and for what was written, beyond what it does itself. */
public enum Effect {
    /** Nothing: visitors are served as before, by the same server. */
    NONE,
    /** Makes what visitors write into, once they reach the target. */
    COPY,
    /** Keeps the source from serving, until it is taken back. */
    STOPS_SOURCE,
    /** From when it is asked for nobody serves; taken back, the source does. */
    PAGE,
    /** The pivot: done, the target serves; taken back, nobody does. */
    PIVOT;

    /** The effect of a step. */
    public static Effect of(Step step) {
        return switch (step) {
            case Step.LowerTtl _ -> NONE;
            case Step.LinkHosts _ -> NONE;
            case Step.CopyCertificates _ -> NONE;
            case Step.InstallSite _ -> NONE;
            case Step.CopyFiles _ -> COPY;
            case Step.VerifyFiles _ -> NONE;
            case Step.CopyDatabase _ -> COPY;
            case Step.SetSequences _ -> NONE;
            case Step.VerifyDatabase _ -> NONE;
            case Step.FenceDatabase _ -> STOPS_SOURCE;
            case Step.StartUnits _ -> NONE;
            // The jobs' units too: stopped before the page is up and put back when it is down, they are never asked
            // about.
            case Step.StopUnits stop -> stop.on() == Side.SOURCE ? STOPS_SOURCE : NONE;
            case Step.RetireUnits _ -> NONE;
            case Step.RemoveCrontabs _ -> NONE;
            case Step.InstallCrontabs _ -> NONE;
            case Step.CheckService _ -> NONE;
            case Step.CompareAnswers _ -> NONE;
            case Step.ServePage _ -> PAGE;
            case Step.DrainRequests _ -> NONE;
            case Step.ForwardRequests _ -> PIVOT;
            case Step.PointDns _ -> NONE;
            case Step.Soak _ -> NONE;
            case Step.RestoreTtl _ -> NONE;
            case Step.UnlinkHosts _ -> NONE;
            case Step.CleanUp _ -> NONE;
            case Step.RunHook _ -> NONE;
            case Step.Gate _ -> NONE;
        };
    }

    /** Whether the source can serve visitors only when the step has been taken back. Asked while the page is up. */
    public boolean neededToServe() {
        return this == PAGE || this == STOPS_SOURCE;
    }

    /** Whether what visitors wrote on the target is in what the step made there. */
    public boolean holdsWrites() {
        return this == COPY;
    }

    /**
     * Whether the undo of an older step puts back what a newer one's, which failed, would have. Tried again after it, the
     * newer one would bring back a state in between: the maintenance page, the low TTL.
     */
    public static boolean putsTheSameBack(Step older, Step newer) {
        return switch (older) {
            case Step.DnsStep _ -> newer instanceof Step.DnsStep;
            case Step.SiteStep site -> newer instanceof Step.SiteStep && site.on() == newer.on();
            case Step.UnitStep found ->
                newer instanceof Step.UnitStep units
                        && found.on() == units.on()
                        && found.units().containsAll(units.units());
            // Nothing else puts these back.
            case Step.LinkHosts _, Step.CopyCertificates _, Step.FenceDatabase _, Step.CrontabStep _, Step.RunHook _ ->
                false;
            // Only the first copy has an undo.
            case Step.CopyFiles _, Step.CopyDatabase _ -> false;
            // Without undo.
            case Step.Gate _,
                    Step.VerifyFiles _,
                    Step.SetSequences _,
                    Step.VerifyDatabase _,
                    Step.CheckService _,
                    Step.CompareAnswers _,
                    Step.DrainRequests _,
                    Step.Soak _,
                    Step.UnlinkHosts _,
                    Step.CleanUp _ -> false;
        };
    }
}
