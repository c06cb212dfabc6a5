package dev.godwit.workflows.dns;

import dev.godwit.workflows.dns.DnsStep.LowerTtl;
import dev.godwit.workflows.dns.DnsStep.PointDns;
import dev.godwit.workflows.dns.DnsStep.RestoreTtl;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.activity.ActivityInterface;

/** Records of the service's names, written at the provider and seen at every authoritative server. */
@ActivityInterface(namePrefix = "DnsRecords.")
public interface DnsRecords {
    Inspection<DnsFacts> inspectDns(InspectDns request);

    BeforeImage lookAtRecords(Look<DnsStep> request);

    Outcome lowerTtl(Act<LowerTtl> request);

    Outcome pointDns(Act<PointDns> request);

    Outcome restoreTtl(Act<RestoreTtl> request);

    /** Puts the record sets back as they were found. */
    Outcome restoreRecords(Undo<DnsStep> request);
}
