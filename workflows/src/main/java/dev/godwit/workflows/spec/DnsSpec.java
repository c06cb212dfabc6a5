package dev.godwit.workflows.spec;

import java.time.Duration;
import java.util.List;

/**
 * The names that lead to the service.
 *
 * @param servers addresses of every authoritative server; found from the zone's NS records when empty
 */
public record DnsSpec(DnsProvider provider, List<DnsRecord> records, Ttl ttl, List<String> servers) {
    public DnsSpec {
        records = records == null ? List.of() : List.copyOf(records);
        ttl = ttl == null ? new Ttl(Duration.ofSeconds(60)) : ttl;
        servers = servers == null ? List.of() : List.copyOf(servers);
    }

    /**
     * Times to live.
     *
     * @param during the TTL while the migration runs, whole seconds
     */
    public record Ttl(Duration during) {}
}
