package dev.godwit.workflows.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.spec.DatabaseSpec;
import dev.godwit.workflows.spec.DnsRecord;
import dev.godwit.workflows.spec.DnsSpec;
import dev.godwit.workflows.spec.FileTree;
import dev.godwit.workflows.spec.HttpCheck;
import dev.godwit.workflows.spec.ProxySpec;
import dev.godwit.workflows.spec.Side;
import dev.godwit.workflows.spec.TlsSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a migration does, one record for each kind of act: the smallest unit that is retried, verified, undone, shown
 * and audited. Every record says in plain words what it does and how it is taken back; the plan shows these words.
 *
 * <p>Type names are wire format: they are recorded in histories and never change.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Step.LowerTtl.class, name = "lower-ttl"),
    @JsonSubTypes.Type(value = Step.WaitOutTtl.class, name = "wait-out-ttl"),
    @JsonSubTypes.Type(value = Step.LinkHosts.class, name = "link-hosts"),
    @JsonSubTypes.Type(value = Step.CopyCertificates.class, name = "copy-certificates"),
    @JsonSubTypes.Type(value = Step.InstallSite.class, name = "install-site"),
    @JsonSubTypes.Type(value = Step.CopyFiles.class, name = "copy-files"),
    @JsonSubTypes.Type(value = Step.VerifyFiles.class, name = "verify-files"),
    @JsonSubTypes.Type(value = Step.CopyDatabase.class, name = "copy-database"),
    @JsonSubTypes.Type(value = Step.SetSequences.class, name = "set-sequences"),
    @JsonSubTypes.Type(value = Step.VerifyDatabase.class, name = "verify-database"),
    @JsonSubTypes.Type(value = Step.FenceDatabase.class, name = "fence-database"),
    @JsonSubTypes.Type(value = Step.StartUnits.class, name = "start-units"),
    @JsonSubTypes.Type(value = Step.StopUnits.class, name = "stop-units"),
    @JsonSubTypes.Type(value = Step.RemoveCrontabs.class, name = "remove-crontabs"),
    @JsonSubTypes.Type(value = Step.InstallCrontabs.class, name = "install-crontabs"),
    @JsonSubTypes.Type(value = Step.CheckService.class, name = "check-service"),
    @JsonSubTypes.Type(value = Step.CompareAnswers.class, name = "compare-answers"),
    @JsonSubTypes.Type(value = Step.AwaitApproval.class, name = "await-approval"),
    @JsonSubTypes.Type(value = Step.ServePage.class, name = "serve-page"),
    @JsonSubTypes.Type(value = Step.DrainRequests.class, name = "drain-requests"),
    @JsonSubTypes.Type(value = Step.ForwardRequests.class, name = "forward-requests"),
    @JsonSubTypes.Type(value = Step.PointDns.class, name = "point-dns"),
    @JsonSubTypes.Type(value = Step.Soak.class, name = "soak"),
    @JsonSubTypes.Type(value = Step.RestoreTtl.class, name = "restore-ttl"),
    @JsonSubTypes.Type(value = Step.RetireUnits.class, name = "retire-units"),
    @JsonSubTypes.Type(value = Step.UnlinkHosts.class, name = "unlink-hosts"),
    @JsonSubTypes.Type(value = Step.CleanUp.class, name = "clean-up"),
    @JsonSubTypes.Type(value = Step.RunHook.class, name = "run-hook")
})
public sealed interface Step {
    /** What it does, in the words of the plan. */
    String does();

    /** How it is taken back before the pivot, in the words of the plan; null if there is nothing to take back. */
    @Nullable
    String undo();

    /** The server on which it acts; null if it acts on both or on neither. */
    @Nullable
    Side on();

    /** Whether a person may skip it when it fails: only what moves no data and switches nothing. */
    default boolean skippable() {
        return false;
    }

    // ---- what many have in common ----

    /** Has nothing to take back: it looks, waits, is undone by an older step's undo, or comes when no way leads back. */
    sealed interface WithoutUndo extends Step {
        @Override
        default @Nullable String undo() {
            return null;
        }
    }

    /** A wait that the workflow keeps itself; nothing acts. */
    sealed interface Gate extends WithoutUndo {
        @Override
        default @Nullable Side on() {
            return null;
        }
    }

    /** Changes DNS records. */
    sealed interface DnsStep extends Step {
        DnsSpec dns();

        /** Addresses of every authoritative server. */
        List<String> servers();

        /** The records' names, in words. */
        default String names() {
            return Words.list(
                    dns().records().stream().map(DnsRecord::name).distinct().toList());
        }

        @Override
        default @Nullable Side on() {
            return null;
        }
    }

    /** Acts on systemd units. */
    sealed interface UnitStep extends Step {
        @Override
        Side on();

        /** Their names, with suffix. */
        List<String> units();
    }

    /** Acts on users' crontabs. */
    sealed interface CrontabStep extends Step {
        @Override
        Side on();

        List<String> users();
    }

    /** Changes the service's site in a proxy. */
    sealed interface SiteStep extends Step {
        @Override
        Side on();

        ProxySpec proxy();
    }

    // ---- PREPARE ----

    /** Lowers the TTL of the service's records, so that the later change is seen soon (seeds 000, 001, 002). */
    record LowerTtl(DnsSpec dns, List<String> servers) implements DnsStep {
        public LowerTtl {
            servers = List.copyOf(servers);
        }

        @Override
        public String does() {
            return "lower the TTL of " + names() + " to "
                    + Durations.format(dns.ttl().during()) + " and see it at every authoritative server";
        }

        @Override
        public String undo() {
            return "set the TTL back to what it was";
        }
    }

    /**
     * Lets the target fetch from the source: a temporary key, made on the target, accepted by the source from the
     * target's address for Godwit's own transfers and nothing else.
     */
    record LinkHosts() implements Step {
        @Override
        public String does() {
            return "make a temporary key on the target and let it fetch from the source, from its address and for"
                    + " the transfers of this migration only; open the source's firewall for that, if it is in the way";
        }

        @Override
        public String undo() {
            return "remove the key from both servers, and the firewall rule";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }
    }

    /** Copies certificates with what renews them (seeds 000, 001). */
    record CopyCertificates(TlsSpec tls) implements Step {
        @Override
        public String does() {
            return "copy " + Words.list(tls.certificates())
                    + (tls.renewal() == TlsSpec.Renewal.CERTBOT ? " with certbot's renewal configuration" : "")
                    + " to the target";
        }

        @Override
        public String undo() {
            return "remove the copies from the target";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }
    }

    /** Puts the site's proxy configuration on the target, unless it has one. */
    record InstallSite(ProxySpec proxy) implements SiteStep {
        @Override
        public String does() {
            return "install the proxy's site for " + Words.list(proxy.names()) + " on the target unless it is there,"
                    + " test the configuration and reload";
        }

        @Override
        public String undo() {
            return "remove the site from the target and reload";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }
    }

    /** Which pass over the files or the database it is. */
    enum Pass {
        /** The first, long before the cutover; its undo removes the copy. */
        FIRST,
        /** While the source still serves, to make the last one short. */
        LIVE,
        /** When nothing writes on the source any more. */
        FINAL
    }

    /** Copies a folder; files that are gone on the source go on the target too. */
    record CopyFiles(FileTree tree, Pass pass) implements Step {
        @Override
        public String does() {
            return switch (pass) {
                case FIRST -> "copy " + tree.path() + " to the target";
                case LIVE -> "bring " + tree.path() + " up to date while the source serves";
                case FINAL -> "bring " + tree.path() + " up to date for the last time";
            };
        }

        @Override
        public @Nullable String undo() {
            return pass == Pass.FIRST ? "remove " + tree.path() + " from the target" : null;
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }
    }

    /** Compares a folder on both servers: names, types, sizes, times, owners, modes, and contents by checksum. */
    record VerifyFiles(FileTree tree) implements WithoutUndo {
        @Override
        public String does() {
            return "compare " + tree.path() + " on both servers by its manifest with checksums";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }
    }

    /**
     * Copies a database with the roles that it needs; an older copy of this migration's is dropped first. The undo of the
     * first copy drops whatever copy there is: a rollback in the outage does not wait for that.
     */
    record CopyDatabase(DatabaseSpec database, Pass pass) implements Step {
        @Override
        public String does() {
            return pass == Pass.FIRST
                    ? "copy the database " + database.name() + " and the roles it needs to the target, to rehearse"
                    : "copy the database " + database.name() + " to the target again, now that nothing writes to it";
        }

        @Override
        public @Nullable String undo() {
            return pass == Pass.FIRST
                    ? "drop the copy of " + database.name() + " and the roles made for it from the target"
                    : null;
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }
    }

    /** Sets every sequence from {@code last_value} and {@code is_called} of the fenced source, owned or not. */
    record SetSequences(DatabaseSpec database) implements WithoutUndo {
        @Override
        public String does() {
            return "set the sequences of " + database.name() + " from the fenced source and prove that the next value"
                    + " of each is free";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }
    }

    /** Compares every table on both servers: rows and an order-independent checksum; sequences; large objects. */
    record VerifyDatabase(DatabaseSpec database) implements WithoutUndo {
        @Override
        public String does() {
            return "compare rows and checksums of every table of " + database.name() + " on both servers";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }
    }

    /** Makes the source's database refuse the application, and proves it by trying to write as its role. */
    record FenceDatabase(DatabaseSpec database) implements Step {
        @Override
        public String does() {
            return "let no application into the source's " + database.name()
                    + " any more, end its sessions, and prove that a write is refused";
        }

        @Override
        public String undo() {
            return "let applications into the source's " + database.name() + " as before";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }
    }

    // ---- units and crontabs ----

    /** Starts units and, unless it is only for a rehearsal, enables them to start at boot. */
    record StartUnits(Side on, List<String> units, boolean enable) implements UnitStep {
        public StartUnits {
            units = List.copyOf(units);
        }

        @Override
        public String does() {
            return "start " + (enable ? "and enable " : "") + Words.list(units) + " on the " + on.word();
        }

        @Override
        public String undo() {
            return "put " + Words.list(units) + " back to the state found on the " + on.word();
        }
    }

    /** Stops units and, unless it only ends a rehearsal, keeps them from starting at boot. */
    record StopUnits(Side on, List<String> units, boolean disable) implements UnitStep {
        public StopUnits {
            units = List.copyOf(units);
        }

        @Override
        public String does() {
            return "stop " + (disable ? "and disable " : "") + Words.list(units) + " on the " + on.word();
        }

        @Override
        public @Nullable String undo() {
            return disable ? "put " + Words.list(units) + " back to the state found on the " + on.word() : null;
        }
    }

    /** Keeps units from ever starting again, by hand or as a dependency. */
    record RetireUnits(Side on, List<String> units) implements UnitStep, WithoutUndo {
        public RetireUnits {
            units = List.copyOf(units);
        }

        @Override
        public String does() {
            return "keep " + Words.list(units) + " on the " + on.word()
                    + " from starting again, by hand or by another unit";
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    /** Takes users' crontabs away from the source, and keeps them for the target and for the way back. */
    record RemoveCrontabs(List<String> users) implements CrontabStep {
        public RemoveCrontabs {
            users = List.copyOf(users);
        }

        @Override
        public String does() {
            return "remove the crontabs of " + Words.list(users) + " from the source";
        }

        @Override
        public String undo() {
            return "put the crontabs of " + Words.list(users) + " back, byte for byte";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }
    }

    /** Puts the crontabs that were taken from the source on the target. */
    record InstallCrontabs(List<String> users) implements CrontabStep {
        public InstallCrontabs {
            users = List.copyOf(users);
        }

        @Override
        public String does() {
            return "install the crontabs of " + Words.list(users) + " on the target";
        }

        @Override
        public String undo() {
            return "remove the crontabs of " + Words.list(users) + " from the target";
        }

        /** The lists come from the source: one that is gone for good must not keep DNS from moving. */
        @Override
        public boolean skippable() {
            return true;
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }
    }

    // ---- looking from outside ----

    /** Asks the checks at one server's address with the service's real name (the /etc/hosts trick of seed 002). */
    record CheckService(Side on, List<HttpCheck> checks) implements WithoutUndo {
        public CheckService {
            checks = List.copyOf(checks);
        }

        @Override
        public String does() {
            return "ask the service at the " + on.word() + "'s address with its real name: " + checks.size() + " check"
                    + (checks.size() == 1 ? "" : "s");
        }

        /** Before the pivot nobody is sent to a target that does not answer; after it, the jobs wait behind this. */
        @Override
        public boolean skippable() {
            return on == Side.SOURCE;
        }
    }

    /** Asks both servers the same and compares status, headers, body and latency (seeds 002, 004). */
    record CompareAnswers(List<HttpCheck> checks) implements WithoutUndo {
        public CompareAnswers {
            checks = List.copyOf(checks);
        }

        @Override
        public String does() {
            return "ask source and target the same by address and compare status, headers, body and latency";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    // ---- REHEARSE ----

    /** Waits until no resolver can remember the TTL that was observed before it was lowered. */
    record WaitOutTtl(Duration observed) implements Gate {
        @Override
        public String does() {
            return "wait until " + Durations.format(observed) + " have passed since the TTL was lowered";
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    /** Waits for a person's approval of this very plan. */
    record AwaitApproval() implements Gate {
        @Override
        public String does() {
            return "wait for an approval that names the hash of this plan";
        }
    }

    // ---- CUTOVER ----

    /** The old proxy answers every request with the maintenance page (seeds 001, 002, 003). The outage begins. */
    record ServePage(ProxySpec proxy) implements SiteStep {
        @Override
        public String does() {
            return "serve the maintenance page for " + Words.list(proxy.names()) + " and prove it by its answer;"
                    + " the outage begins";
        }

        @Override
        public String undo() {
            return "put the site's configuration back, byte for byte, and reload; the outage ends";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }
    }

    /** Waits until the requests that were under way when the page went up are answered. */
    record DrainRequests(ProxySpec proxy) implements WithoutUndo {
        @Override
        public String does() {
            return "let the requests that are under way finish";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }
    }

    /**
     * The pivot: the old proxy forwards every request to the target, proved by a nonce and the address of the server
     * behind it (seeds 000 to 003). The outage ends.
     */
    record ForwardRequests(ProxySpec proxy) implements SiteStep {
        @Override
        public String does() {
            return "let the old proxy forward " + Words.list(proxy.names())
                    + " to the target and prove it by what comes back; the outage ends";
        }

        @Override
        public String undo() {
            return "serve the maintenance page again";
        }

        @Override
        public Side on() {
            return Side.SOURCE;
        }
    }

    /** Points the records at the target and sees the change at every authoritative server. */
    record PointDns(DnsSpec dns, List<String> servers, String targetAddress) implements DnsStep {
        public PointDns {
            servers = List.copyOf(servers);
        }

        @Override
        public String does() {
            return "point " + names() + " at " + targetAddress + " and see it at every authoritative server";
        }

        @Override
        public String undo() {
            return "point the records back to what they were";
        }
    }

    // ---- SOAK and FINISH ----

    /** Watches the service on the target while the old server still forwards stragglers. */
    record Soak(Duration period, List<HttpCheck> checks) implements WithoutUndo {
        public Soak {
            checks = List.copyOf(checks);
        }

        @Override
        public String does() {
            return "watch the service for " + Durations.format(period) + ", or until somebody says finish";
        }

        @Override
        public Side on() {
            return Side.TARGET;
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    /** Gives the records the TTL that they had before the migration. */
    record RestoreTtl(DnsSpec dns, List<String> servers, List<Facts.RecordFacts> found)
            implements DnsStep, WithoutUndo {
        public RestoreTtl {
            servers = List.copyOf(servers);
            found = List.copyOf(found);
        }

        @Override
        public String does() {
            return "set the TTL of " + names() + " back to what it was";
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    /** Removes the temporary key from both servers. */
    record UnlinkHosts() implements WithoutUndo {
        @Override
        public String does() {
            return "remove the temporary key from both servers, and the firewall rule";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    /**
     * Removes what Godwit kept on the servers: its state folders and jobs. What a finished migration has replaced (the
     * site's file, crontabs, the database's limit, certificates) is archived, because it is nowhere else.
     *
     * @param afterRollback everything is back in its place, so nothing is archived
     */
    record CleanUp(
            @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean afterRollback) implements WithoutUndo {
        /** After a finished migration. */
        public CleanUp() {
            this(false);
        }

        @Override
        public String does() {
            return afterRollback
                    ? "remove Godwit's state folders and jobs from both servers"
                    : "remove Godwit's state folders and jobs from both servers; what was replaced is archived there";
        }

        @Override
        public @Nullable Side on() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }

    /** Runs a command of the operator's own. */
    record RunHook(Side on, String run, @Nullable String undoScript, Duration timeout) implements Step {
        @Override
        public String does() {
            return "run on the " + on.word() + ": " + Words.firstLine(run);
        }

        @Override
        public String undo() {
            return undoScript == null
                    ? "stop it, if it still runs"
                    : "run on the " + on.word() + ": " + Words.firstLine(undoScript);
        }

        @Override
        public boolean skippable() {
            return true;
        }
    }
}
