package dev.godwit.activities.link;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.MigrationContext;
import java.util.List;

/**
 * What filters the packets that come in to a server, and one rule in it: from the other server's address to the port of
 * sshd. The rule is found by its comment, which names the migration, wherever it is: it is never made twice, and it is
 * removed without knowing what opened it. It lives in the kernel only; a reboot or a reload of the firewall drops it.
 *
 * <p>A packet must pass every base chain at the input hook (nft(8), "Chains"): the rule goes to the head of each one that
 * can drop. Chains of iptables are changed by iptables, because it refuses to read a table with rules that it would not
 * have written; ufw stands on them, firewalld on chains of nft.
 */
public final class PacketFilter {
    private static final String SCRIPT = Resource.text(PacketFilter.class, "packet-filter.sh");

    private PacketFilter() {}

    /** The chains of the source's that can drop what the target sends to its sshd; changes nothing. */
    public static List<String> chains(Server source, HostSpec target) {
        return run(source, "look", target, "");
    }

    /** Lets the target reach the source's sshd; the chains that had to be opened. */
    static List<String> open(Server source, MigrationContext migration) {
        return run(source, "open", migration.target(), Link.mark(migration.id()));
    }

    /** Takes back what {@link #open} did; the chains where there was a rule of this migration's. */
    static List<String> close(Server source, MigrationContext migration) {
        return run(source, "close", migration.target(), Link.mark(migration.id()));
    }

    private static List<String> run(Server source, String verb, HostSpec target, String comment) {
        String port = Integer.toString(source.spec().ssh().port());
        return source.output(Script.of(SCRIPT, verb, Link.checkedAddress(target), port, comment))
                .lines()
                .toList();
    }
}
