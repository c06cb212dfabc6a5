package dev.godwit.activities.dns;

import dev.godwit.activities.dns.NameServer.NoAnswer;
import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.RecordSet;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/** Dynamic updates (RFC 2136), signed with TSIG (RFC 8945), sent to the primary server. */
final class Rfc2136 implements ZoneEditor {
    private final NameServer primary;
    private final TSIG key;

    Rfc2136(NameServer primary, TSIG key) {
        this.primary = primary;
        this.key = key;
    }

    @Override
    public RecordSet read(DnsRecord record) {
        zone(record.name());
        try {
            return primary.read(record);
        } catch (NoAnswer e) {
            throw FailureType.DNS_NOT_PROVED.because("Expected the primary name server " + primary.shown()
                    + " to answer for " + record.name() + " " + record.type() + ", but found " + e.getMessage()
                    + "; see to the server, or correct /dns/provider");
        }
    }

    /**
     * Deletes an address that the set does not have, on condition that the set is as it was found. Servers check
     * permission for each record of an update (BIND's update-policy does), so an update of conditions only would prove
     * nothing; one that finds nothing to delete leaves zone and serial as they are.
     */
    @Override
    public void rehearse(RecordSet found) {
        Update update = conditional(found);
        InetAddress absent = documentationAddresses(found.type())
                .filter(address -> !Records.addresses(found).contains(address))
                .findFirst()
                .orElseThrow();
        update.delete(Records.wire(found.type(), Records.name(found.name()), 0, absent));
        send(update, found);
    }

    @Override
    public void replace(RecordSet found, RecordSet wanted) {
        Update update = conditional(found);
        update.delete(Records.name(wanted.name()), Records.code(wanted.type()));
        Records.wire(wanted, wanted.ttl().toSeconds()).forEach(update::add);
        send(update, found);
    }

    @Override
    public List<String> authoritativeServers(DnsRecord record) {
        Name zone = zone(record.name());
        Message answer = ask(zone, Type.NS);
        // Sorted, because servers rotate their answers (RFC 1794), and a plan that was reviewed must not seem to
        // change.
        Set<String> addresses = new TreeSet<>();
        for (Record one : answer.getSection(Section.ANSWER)) {
            if (one instanceof NSRecord server) {
                addresses.addAll(addresses(server.getTarget(), answer));
            }
        }
        if (addresses.isEmpty()) {
            throw FailureType.SPEC_MISMATCH.because("Expected name servers (NS) of the zone " + zone + " at "
                    + primary.shown() + ", but found none; write their addresses in /dns/servers");
        }
        return List.copyOf(addresses);
    }

    /** IPv4 where there is one: not every machine that runs Godwit has IPv6. */
    private List<String> addresses(Name server, Message answer) {
        List<String> found = new ArrayList<>();
        for (int type : new int[] {Type.A, Type.AAAA}) {
            Stream<Record> told = Stream.concat(
                    answer.getSection(Section.ADDITIONAL).stream(),
                    ask(server, type).getSection(Section.ANSWER).stream());
            told.filter(one -> one.getName().equals(server) && one.getType() == type)
                    .map(Record::rdataToString)
                    .distinct()
                    .forEach(found::add);
            if (!found.isEmpty()) {
                return found;
            }
        }
        throw FailureType.SPEC_MISMATCH.because("Expected the address of the name server " + server + " at "
                + primary.shown() + ", but found none, because it lies in a zone of others; write the addresses of"
                + " all authoritative servers in /dns/servers");
    }

    private Update conditional(RecordSet found) {
        Name name = Records.name(found.name());
        Update update = new Update(zone(found.name()));
        if (found.values().isEmpty()) {
            update.absent(name, Records.code(found.type()));
        } else {
            // Conditions on values have a TTL of zero (RFC 2136, 2.4.2).
            Records.wire(found, 0).forEach(update::present);
        }
        return update;
    }

    /** The zone that holds a name: the owner of the SOA that the primary tells with authority. */
    private Name zone(String text) {
        Name name = Records.name(text);
        for (Name at = name; at.labels() > 1; at = new Name(at, 1)) {
            Message answer = ask(at, Type.SOA);
            if (answer.getHeader().getFlag(Flags.AA)) {
                for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
                    for (Record one : answer.getSection(section)) {
                        if (one instanceof SOARecord && name.subdomain(one.getName())) {
                            return one.getName();
                        }
                    }
                }
            }
        }
        throw FailureType.SPEC_MISMATCH.because("Expected " + primary.shown()
                + " to be the primary server of the zone of " + text + ", but found that it has no such zone; correct"
                + " /dns/provider or the record's name");
    }

    private Message ask(Name name, int type) {
        try {
            return primary.ask(name, type);
        } catch (NoAnswer e) {
            throw FailureType.DNS_NOT_PROVED.because("Expected the primary name server " + primary.shown()
                    + " to answer for " + name + " " + Type.string(type) + ", but found " + e.getMessage()
                    + "; see to the server, or correct /dns/provider");
        }
    }

    private void send(Update update, RecordSet set) {
        SimpleResolver resolver = primary.resolver();
        resolver.setTSIGKey(key);
        // A lost packet would leave it open whether the update was done.
        resolver.setTCP(true);
        Message answer = answer(resolver, update, set);
        int rcode = answer.getRcode();
        if (rcode == Rcode.NOERROR) {
            if (!answer.isVerified()) {
                throw FailureType.DNS_NOT_PROVED.because("Expected a signed answer from " + primary.shown()
                        + " to the update of " + set.name() + ", but found one whose signature does not fit; see who"
                        + " answers at this address");
            }
            return;
        }
        throw refusal(rcode, answer.getTSIG(), set);
    }

    /**
     * A connection that was kept from an earlier update may be gone, with a server that has been started anew: then the
     * update is sent once more. It names what must be there before it, so that it is never done twice.
     */
    private Message answer(SimpleResolver resolver, Update update, RecordSet set) {
        for (int attempt = 1; ; attempt++) {
            try {
                return resolver.send(update);
            } catch (IOException e) {
                if (attempt == 2 || NameServer.isTimeout(e)) {
                    throw FailureType.DNS_NOT_PROVED.because("Expected an answer from " + primary.shown()
                            + " to the update of " + set.name() + ", but found none (" + NameServer.reason(e)
                            + "); see to the server, and that TCP reaches it");
                }
            }
        }
    }

    private ApplicationFailure refusal(int rcode, TSIGRecord signature, RecordSet set) {
        String what = "Expected " + primary.shown() + " to accept an update of " + set.name() + " " + set.type()
                + ", but found " + Rcode.string(rcode);
        return switch (rcode) {
            case Rcode.NXRRSET, Rcode.YXRRSET, Rcode.NXDOMAIN, Rcode.YXDOMAIN ->
                FailureType.DNS_NOT_PROVED.because(what + ", because somebody changed it since it was read ("
                        + Records.shown(set) + "); let the other change come to its end");
            case Rcode.SERVFAIL -> FailureType.DNS_NOT_PROVED.because(what + "; see the server's log");
            case Rcode.NOTAUTH ->
                FailureType.DNS_REFUSED.because(what + (signature == null ? "" : ": " + error(signature.getError()))
                        + "; correct the key, its name and its algorithm, or /dns/provider");
            default ->
                FailureType.DNS_REFUSED.because(
                        what + "; allow the key to change this record (BIND: update-policy or allow-update)");
        };
    }

    private static String error(int code) {
        return switch (code) {
            case Rcode.BADSIG -> "the key's value is not the server's (BADSIG)";
            case Rcode.BADKEY -> "the server does not know a key of this name and algorithm (BADKEY)";
            case Rcode.BADTIME -> "the clocks of Godwit and the server differ by more than five minutes (BADTIME)";
            default ->
                "the server is not the zone's primary, or the key is not accepted (" + Rcode.TSIGstring(code) + ")";
        };
    }

    /** Addresses that nobody has (RFC 5737, RFC 3849). */
    private static Stream<InetAddress> documentationAddresses(DnsRecord.Type type) {
        return switch (type) {
            case A ->
                Stream.of("192.0.2.1", "192.0.2.2", "198.51.100.1", "203.0.113.1")
                        .map(InetAddress::ofLiteral);
            case AAAA ->
                Stream.of("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4")
                        .map(InetAddress::ofLiteral);
        };
    }
}
