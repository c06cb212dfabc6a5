package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.Step.CleanUp;
import dev.godwit.workflows.plan.Step.LinkHosts;
import dev.godwit.workflows.plan.Step.UnlinkHosts;
import io.temporal.activity.ActivityInterface;

/** The temporary key by which the target fetches from the source, and what else Godwit keeps on the servers. */
@ActivityInterface(namePrefix = "HostLink.")
public interface HostLink {
    Outcome linkHosts(Act<LinkHosts> request);

    Outcome removeLink(Undo<LinkHosts> request);

    Outcome unlinkHosts(Act<UnlinkHosts> request);

    /** Removes the state folder, the jobs and every temporary name of a migration from both servers. */
    Outcome cleanUp(Act<CleanUp> request);
}
