package dev.godwit.workflows.link;

import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.link.LinkStep.UnlinkHosts;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;

/** The temporary key by which the target fetches from the source, and what else Godwit keeps on the servers. */
@ActivityInterface(namePrefix = "HostLink.")
public interface HostLink {
    /** Logs in to a server and changes nothing. Fails with {@code HOST_UNREACHABLE} where nobody answers. */
    Outcome reach(Reach request);

    Outcome linkHosts(Act<LinkHosts> request);

    Outcome removeLink(Undo<LinkHosts> request);

    Outcome unlinkHosts(Act<UnlinkHosts> request);

    /** Removes the state folder, the jobs and every temporary name of a migration from both servers. */
    Outcome cleanUp(Act<CleanUp> request);
}
