package dev.godwit.workflows.dns;

import java.time.Duration;
import java.util.List;

/** One record set. */
public record RecordSet(String name, DnsRecord.Type type, List<String> values, Duration ttl) {
    public RecordSet {
        values = List.copyOf(values);
    }
}
