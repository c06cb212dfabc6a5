package dev.godwit.workflows.dns;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Call;
import dev.godwit.workflows.step.Effect;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes DNS records. */
public sealed interface DnsStep extends Action {
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

    @Override
    default Effect effect() {
        return Effect.NONE;
    }

    @Override
    default Patience patience() {
        return Patience.DNS;
    }

    @Override
    default BeforeImage look(Call call) {
        return call.to(DnsRecords.class).lookAtRecords(call.look(this));
    }

    @Override
    default Outcome takeBack(Call call) {
        return call.to(DnsRecords.class).restoreRecords(call.undo(this));
    }

    @Override
    default boolean putsBack(Step newer) {
        return newer instanceof DnsStep;
    }

    /** Lowers the TTL of the service's records, so that the later change is seen soon. */
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

        @Override
        public Outcome act(Call call) {
            return call.to(DnsRecords.class).lowerTtl(call.act(this));
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

        @Override
        public Outcome act(Call call) {
            return call.to(DnsRecords.class).pointDns(call.act(this));
        }
    }

    /** Gives the records the TTL that they had before the migration. */
    record RestoreTtl(DnsSpec dns, List<String> servers, List<RecordFacts> found) implements DnsStep {
        public RestoreTtl {
            servers = List.copyOf(servers);
            found = List.copyOf(found);
        }

        @Override
        public String does() {
            return "set the TTL of " + names() + " back to what it was";
        }

        @Override
        public @Nullable String undo() {
            return null;
        }

        @Override
        public boolean skippable() {
            return true;
        }

        @Override
        public Outcome act(Call call) {
            return call.to(DnsRecords.class).restoreTtl(call.act(this));
        }
    }
}
