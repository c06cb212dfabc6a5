package dev.godwit.workflows.dns;

import java.time.Duration;
import java.util.List;

/**
 * The records as they are now.
 *
 * @param servers addresses of every authoritative server
 */
public record DnsFacts(List<String> servers, List<RecordFacts> records) {
    public DnsFacts {
        servers = List.copyOf(servers);
        records = List.copyOf(records);
    }

    /** The longest TTL that any of the records had: what a resolver may still remember. */
    public Duration longestTtl() {
        return records.stream().map(RecordFacts::ttl).max(Duration::compareTo).orElse(Duration.ZERO);
    }
}
