package dev.godwit.activities.dns;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.RecordSet;
import dev.godwit.workflows.step.FailureType;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Between Godwit's record sets and those of the wire. */
final class Records {
    private Records() {}

    static Name name(String text) {
        try {
            return Name.fromString(text, Name.root);
        } catch (TextParseException e) {
            throw FailureType.SPEC_MISMATCH.because(
                    "Expected the full name of a record, but found '" + text + "'; write it as in the zone", e);
        }
    }

    static int code(DnsRecord.Type type) {
        return switch (type) {
            case A -> Type.A;
            case AAAA -> Type.AAAA;
        };
    }

    static RecordSet set(DnsRecord record, List<Record> records) {
        List<String> values =
                records.stream().map(Record::rdataToString).sorted().toList();
        long ttl = records.stream().mapToLong(Record::getTTL).max().orElse(0);
        return new RecordSet(record.name(), record.type(), values, Duration.ofSeconds(ttl));
    }

    /** The records of a set with another time to live. */
    static List<Record> wire(RecordSet set, long ttl) {
        Name name = name(set.name());
        return set.values().stream()
                .map(value -> wire(set.type(), name, ttl, InetAddress.ofLiteral(value)))
                .toList();
    }

    static Record wire(DnsRecord.Type type, Name name, long ttl, InetAddress address) {
        return switch (type) {
            case A -> new ARecord(name, DClass.IN, ttl, address);
            case AAAA -> new AAAARecord(name, DClass.IN, ttl, address);
        };
    }

    /** Whether two sets say the same; addresses are compared, not how they are written. */
    static boolean same(RecordSet one, RecordSet other) {
        return addresses(one).equals(addresses(other))
                && (one.values().isEmpty() || one.ttl().equals(other.ttl()));
    }

    static Set<InetAddress> addresses(RecordSet set) {
        return set.values().stream().map(InetAddress::ofLiteral).collect(Collectors.toUnmodifiableSet());
    }

    /** A set as messages show it: {@code 10.66.0.2 with TTL 5m}. */
    static String shown(RecordSet set) {
        return set.values().isEmpty()
                ? "no record"
                : String.join(", ", set.values()) + " with TTL " + Durations.format(set.ttl());
    }
}
