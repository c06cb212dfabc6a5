package dev.godwit.workflows.dns;

import java.time.Duration;
import java.util.List;

/** One record set, with the longest TTL that a server gave. */
public record RecordFacts(String name, DnsRecord.Type type, List<String> values, Duration ttl) {
    public RecordFacts {
        values = List.copyOf(values);
    }
}
