package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.DrainRequests;
import dev.godwit.workflows.plan.Step.ForwardRequests;
import dev.godwit.workflows.plan.Step.InstallSite;
import dev.godwit.workflows.plan.Step.ServePage;
import dev.godwit.workflows.plan.Step.SiteStep;
import io.temporal.activity.ActivityInterface;

/** Where the proxy sends requests. Each change is staged, tested, renamed, reloaded and proved by its answer. */
@ActivityInterface(namePrefix = "ProxyRouting.")
public interface ProxyRouting {
    Inspection inspectProxy(Inspect request);

    /** Saves the site's file, byte for byte, in the server's state folder. */
    BeforeImage lookAtSite(Look<SiteStep> request);

    Outcome installSite(Act<InstallSite> request);

    Outcome servePage(Act<ServePage> request);

    Outcome drainRequests(Act<DrainRequests> request);

    Outcome forwardRequests(Act<ForwardRequests> request);

    /** Serves the page again where requests were forwarded. */
    Outcome stopForwarding(Undo<ForwardRequests> request);

    /** Puts the site's file back as it was found, or removes it, and reloads. */
    Outcome restoreSite(Undo<SiteStep> request);
}
