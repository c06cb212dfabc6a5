package dev.godwit.workflows.dns;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.time.Duration;
import java.util.List;

/** The names that lead to the service. */
public record DnsSpec(
        @Key("who takes changes of the zone") DnsProvider provider,

        @Key(value = "the address records that lead to the service", least = 1)
        List<DnsRecord> records,

        @Key(value = "times to live", standard = "{\"during\":\"1m\"}")
        Ttl ttl,

        @Key(
                value = "the address of every authoritative server; found from the zone's NS records when empty",
                text = Text.ADDRESS,
                standard = "[]",
                most = 20)
        List<String> servers) {
    public DnsSpec {
        records = records == null ? List.of() : List.copyOf(records);
        ttl = ttl == null ? new Ttl(Duration.ofSeconds(60)) : ttl;
        servers = servers == null ? List.of() : List.copyOf(servers);
    }

    /** Times to live. */
    public record Ttl(
            @Key(value = "the TTL while the migration runs", text = Text.TTL)
            Duration during) {}
}
