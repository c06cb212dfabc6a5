package dev.godwit.workflows.spec;

import dev.godwit.workflows.certificates.TlsSpec;
import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.dns.DnsSpec;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import dev.godwit.workflows.proxy.ProxySpec;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.units.Rehearsal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document that describes one migration. It is written by people as YAML or JSON and read by {@link SpecReader},
 * which reports every problem; a {@code Spec} in hand has none.
 */
public record Spec(
        @Key(
                value = "the service's name, a host name; two migrations of one service cannot overlap",
                text = Text.SERVICE)
        String service,

        @Key("the server that the service leaves") HostSpec source,
        @Key("the server that the service goes to") HostSpec target,

        @Key(value = "the databases that move with it", standard = "[]", most = 100)
        List<DatabaseSpec> databases,

        @Key(value = "the folders that move with it", standard = "[]", most = 100)
        List<FileTree> files,

        @Key(value = "the systemd units that make the service", text = Text.UNIT, standard = "[]")
        List<String> units,

        @Key(value = "what works in the background and must run on exactly one side", standard = "{}")
        Jobs jobs,

        @Key("the web server that answers for the service on both servers")
        ProxySpec proxy,

        @Key("the names in DNS that lead to it; none are changed without it") @Nullable
        DnsSpec dns,

        @Key(value = "the certificates that move with it", standard = "{}")
        TlsSpec tls,

        @Key(value = "questions that the healthy service answers", least = 1, most = 100)
        List<HttpCheck> checks,

        @Key(value = "commands of the operator's own, each with its undo", standard = "[]", most = 100)
        List<Hook> hooks,

        @Key("how the service is tried on the target; as it is, with a warning, when absent") @Nullable
        Rehearsal rehearsal,

        @Key(value = "what the migration waits for", standard = "{}")
        Gates gates,

        @Key(value = "bounds on what visitors may notice", standard = "{}")
        Budget budget,

        @Key(
                value = "how long the old server stays ready after the cutover",
                text = Text.SOAK_TIME,
                standard = "\"3d\"")
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
