package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.DnsStep;
import dev.godwit.workflows.plan.Step.LowerTtl;
import dev.godwit.workflows.plan.Step.PointDns;
import dev.godwit.workflows.plan.Step.RestoreTtl;
import io.temporal.activity.ActivityInterface;

/** Records of the service's names, written at the provider and seen at every authoritative server. */
@ActivityInterface(namePrefix = "DnsRecords.")
public interface DnsRecords {
    Inspection inspectDns(Inspect request);

    BeforeImage lookAtRecords(Look<DnsStep> request);

    Outcome lowerTtl(Act<LowerTtl> request);

    Outcome pointDns(Act<PointDns> request);

    Outcome restoreTtl(Act<RestoreTtl> request);

    /** Puts the record sets back as they were found. */
    Outcome restoreRecords(Undo<DnsStep> request);
}
