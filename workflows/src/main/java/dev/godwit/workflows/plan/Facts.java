package dev.godwit.workflows.plan;

import dev.godwit.workflows.spec.DnsRecord;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the preflight measured, as far as the planner needs it. A part is null when its system could not be asked. */
public record Facts(
        List<DatabaseFacts> databases,
        List<TreeFacts> trees,
        @Nullable DnsFacts dns,
        @Nullable ProxyFacts proxy) {
    public Facts {
        databases = List.copyOf(databases);
        trees = List.copyOf(trees);
    }

    /** Nothing measured. */
    public static final Facts NONE = new Facts(List.of(), List.of(), null, null);

    /** These facts and those of another system. */
    public Facts and(Facts other) {
        return new Facts(
                Stream.concat(databases.stream(), other.databases.stream()).toList(),
                Stream.concat(trees.stream(), other.trees.stream()).toList(),
                other.dns == null ? dns : other.dns,
                other.proxy == null ? proxy : other.proxy);
    }

    /**
     * A database on the source.
     *
     * @param version of the server, such as {@code 15.18}
     * @param fingerprint a hash of the schema: tables, columns, constraints, indexes, functions
     */
    public record DatabaseFacts(String name, String version, long bytes, int tables, String fingerprint) {}

    /** A folder on the source. */
    public record TreeFacts(String path, long bytes, long files) {}

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
            return records.stream()
                    .map(RecordFacts::ttl)
                    .max(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }
    }

    /** One record set, with the longest TTL that a server gave. */
    public record RecordFacts(String name, DnsRecord.Type type, List<String> values, Duration ttl) {
        public RecordFacts {
            values = List.copyOf(values);
        }
    }

    /**
     * The proxy on both sides.
     *
     * @param siteSha256 of the site's file on the source
     * @param siteOnTarget whether the target has the site already
     */
    public record ProxyFacts(String siteSha256, boolean siteOnTarget) {}
}
