package dev.godwit.workflows.proxy;

import dev.godwit.workflows.proxy.SiteStep.DrainRequests;
import dev.godwit.workflows.proxy.SiteStep.ForwardRequests;
import dev.godwit.workflows.proxy.SiteStep.InstallSite;
import dev.godwit.workflows.proxy.SiteStep.ServePage;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;

/** Where the proxy sends requests. Each change is staged, tested, renamed, reloaded and proved by its answer. */
@ActivityInterface(namePrefix = "ProxyRouting.")
public interface ProxyRouting {
    Inspection<ProxyFacts> inspectProxy(InspectProxy request);

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
