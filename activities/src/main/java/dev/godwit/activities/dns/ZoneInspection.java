package dev.godwit.activities.dns;

import dev.godwit.activities.dns.NameServer.NoAnswer;
import dev.godwit.workflows.dns.DnsFacts;
import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.DnsSpec;
import dev.godwit.workflows.dns.InspectDns;
import dev.godwit.workflows.dns.RecordFacts;
import dev.godwit.workflows.dns.RecordSet;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Findings;
import dev.godwit.workflows.step.Inspection;
import io.temporal.failure.ApplicationFailure;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the preflight wants to know about the records: what every server says, and whether Godwit may write. */
final class ZoneInspection {
    private static final String DNS = "/dns";

    private final Findings findings = new Findings();
    private final InspectDns asked;
    private final DnsSpec dns;
    private final Supplier<ZoneEditor> editors;
    private final Function<String, NameServer> nameServers;

    ZoneInspection(InspectDns asked, Supplier<ZoneEditor> editors, Function<String, NameServer> nameServers) {
        this.asked = asked;
        this.dns = asked.dns();
        this.editors = editors;
        this.nameServers = nameServers;
    }

    Inspection<DnsFacts> inspect() {
        DnsFacts facts = null;
        try {
            ZoneEditor editor = editors.get();
            List<String> servers = dns.servers().isEmpty()
                    ? editor.authoritativeServers(dns.records().getFirst())
                    : dns.servers();
            List<RecordFacts> records = new ArrayList<>();
            for (int index = 0; index < dns.records().size(); index++) {
                records.add(inspect(dns.records().get(index), DNS + "/records/" + index, editor, servers));
            }
            facts = new DnsFacts(servers, records);
        } catch (ApplicationFailure e) {
            findings.at(DNS + "/provider").blocker(code(e), e.getOriginalMessage(), "see the message; then plan again");
        }
        return findings.with(facts);
    }

    private static String code(ApplicationFailure failure) {
        FailureType type = FailureType.valueOf(failure.getType());
        return switch (type) {
            case SECRET_UNAVAILABLE, SECRET_NOT_HERE -> type.code();
            default -> "dns-provider";
        };
    }

    private RecordFacts inspect(DnsRecord record, String where, ZoneEditor editor, List<String> servers) {
        RecordSet atPrimary = editor.read(record);
        mayWrite(atPrimary, where, editor);
        pointsAt(record, atPrimary, where);
        lookAtSibling(record, where, editor);
        Map<String, RecordSet> answers = new LinkedHashMap<>();
        for (String server : servers) {
            try {
                answers.put(server, nameServers.apply(server).read(record));
            } catch (NoAnswer e) {
                findings.at(where)
                        .blocker(
                                "dns-server",
                                "Expected the authoritative server " + server + " to answer for " + record.name() + " "
                                        + record.type() + ", but found " + e.getMessage(),
                                "see to that server, or write the addresses of the right ones in /dns/servers");
            }
        }
        agree(record, atPrimary, answers, where);
        Duration longest = answers.values().stream()
                .map(RecordSet::ttl)
                .max(Duration::compareTo)
                .filter(ttl -> ttl.compareTo(atPrimary.ttl()) > 0)
                .orElse(atPrimary.ttl());
        return new RecordFacts(record.name(), record.type(), atPrimary.values(), longest);
    }

    private void mayWrite(RecordSet set, String where, ZoneEditor editor) {
        try {
            editor.rehearse(set);
        } catch (ApplicationFailure e) {
            findings.at(where).blocker("dns-update", e.getOriginalMessage(), "see the message; nothing was changed");
        }
    }

    private void agree(DnsRecord record, RecordSet atPrimary, Map<String, RecordSet> answers, String where) {
        Set<String> others = new TreeSet<>();
        answers.forEach((server, set) -> {
            if (!Records.same(set, atPrimary)) {
                others.add(server + " gives " + Records.shown(set));
            }
        });
        if (!others.isEmpty()) {
            findings.at(where)
                    .warning(
                            "dns-disagreement",
                            "Expected every authoritative server to give " + record.name() + " " + record.type() + " "
                                    + Records.shown(atPrimary) + " as the primary does, but found that "
                                    + String.join(", ", others),
                            "see to the transfers from the primary: a change must arrive at every server within a minute");
        }
    }

    /** Visitors with the other version of IP would go on asking the old server, for ever. */
    private void lookAtSibling(DnsRecord record, String where, ZoneEditor editor) {
        DnsRecord sibling = new DnsRecord(
                record.name(), record.type() == DnsRecord.Type.A ? DnsRecord.Type.AAAA : DnsRecord.Type.A, null);
        boolean moves = dns.records().stream()
                .anyMatch(one ->
                        one.type() == sibling.type() && Records.name(one.name()).equals(Records.name(sibling.name())));
        RecordSet found = moves ? null : editor.read(sibling);
        if (found != null && !found.values().isEmpty()) {
            findings.at(where)
                    .warning(
                            "dns-sibling",
                            "Expected " + record.name() + " to have no addresses but those that move, but found "
                                    + sibling.type() + " " + Records.shown(found)
                                    + ": visitors who use it go on arriving there",
                            "add a record of type " + sibling.type() + " with the target's address as its value to"
                                    + " /dns/records, or remove it from the zone");
        }
    }

    private void pointsAt(DnsRecord record, RecordSet set, String where) {
        Set<InetAddress> found = Records.addresses(set);
        InetAddress source = InetAddress.ofLiteral(asked.source().address());
        String shown = record.name() + " " + record.type();
        if (found.isEmpty()) {
            findings.at(where)
                    .warning(
                            "dns-missing",
                            "Expected a record " + shown + ", but found none",
                            "it will be made; leave it out of the spec if it is not wanted");
        } else if (found.contains(InetAddress.ofLiteral(asked.target().address()))) {
            findings.at(where)
                    .blocker(
                            "dns-points-at-target",
                            "Expected " + shown + " to lead to the source, but found the target: " + Records.shown(set),
                            "visitors already arrive at the target, where the migration would overwrite what they write; point"
                                    + " the record at the source and wait out its TTL");
        } else if (record.value() != null && found.equals(Set.of(InetAddress.ofLiteral(record.value())))) {
            findings.at(where)
                    .note(
                            "dns-as-wanted",
                            "Expected to change " + shown + ", but found it as wanted: " + Records.shown(set),
                            "nothing to do");
        } else if (source.getAddress().length == found.iterator().next().getAddress().length
                && !found.equals(Set.of(source))) {
            findings.at(where)
                    .warning(
                            "dns-points-elsewhere",
                            "Expected " + shown + " to lead to the source ("
                                    + asked.source().address() + ") alone, but found " + Records.shown(set),
                            "see whether something stands in front of the source; the whole set is replaced in the cutover");
        }
    }
}
