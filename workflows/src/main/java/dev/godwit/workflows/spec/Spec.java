package dev.godwit.workflows.spec;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document that describes one migration. It is written by people as YAML or JSON and read by {@link SpecReader},
 * which reports every problem; a {@code Spec} in hand has none.
 *
 * @param service the service's name, a host name; two migrations of one service cannot overlap
 * @param units systemd units that make the service
 * @param soak how long the old server stays ready after the cutover
 */
public record Spec(
        String service,
        HostSpec source,
        HostSpec target,
        List<DatabaseSpec> databases,
        List<FileTree> files,
        List<String> units,
        Jobs jobs,
        ProxySpec proxy,
        @Nullable DnsSpec dns,
        TlsSpec tls,
        List<HttpCheck> checks,
        List<Hook> hooks,
        Gates gates,
        Budget budget,
        Duration soak) {
    public Spec {
        databases = databases == null ? List.of() : List.copyOf(databases);
        files = files == null ? List.of() : List.copyOf(files);
        units = units == null ? List.of() : List.copyOf(units);
        jobs = jobs == null ? Jobs.NONE : jobs;
        tls = tls == null ? TlsSpec.NONE : tls;
        checks = checks == null ? List.of() : List.copyOf(checks);
        hooks = hooks == null ? List.of() : List.copyOf(hooks);
        gates = gates == null ? Gates.DEFAULT : gates;
        budget = budget == null ? Budget.DEFAULT : budget;
        soak = soak == null ? Duration.ofDays(3) : soak;
    }

    /** The server on one side. */
    public HostSpec host(Side side) {
        return side == Side.SOURCE ? source : target;
    }
}
