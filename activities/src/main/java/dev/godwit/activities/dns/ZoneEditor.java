package dev.godwit.activities.dns;

import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.RecordSet;
import java.util.List;

/**
 * A provider's way to change record sets. One implementation for each {@link dev.godwit.workflows.dns.DnsProvider}.
 *
 * <p>Failures: DNS_NOT_PROVED where the provider does not answer, DNS_REFUSED where it says no, SPEC_MISMATCH where it
 * does not have the zone.
 */
interface ZoneEditor {
    /** The set as the provider has it now; without values if there is none. */
    RecordSet read(DnsRecord record);

    /** Finds out whether a set may be changed, without changing anything. Fails as {@link #replace} would. */
    void rehearse(RecordSet found);

    /**
     * Replaces a set in one transaction, provided that it still has the addresses that were found: a change that a
     * person makes at the same moment is not overwritten, and fails this with DNS_NOT_PROVED.
     *
     * @param wanted without values to remove the set
     */
    void replace(RecordSet found, RecordSet wanted);

    /** The addresses of every authoritative server of the zone that holds a name, as the zone itself lists them. */
    List<String> authoritativeServers(DnsRecord record);
}
