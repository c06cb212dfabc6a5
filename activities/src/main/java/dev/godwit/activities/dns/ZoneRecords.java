package dev.godwit.activities.dns;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.Pause;
import dev.godwit.activities.dns.NameServer.NoAnswer;
import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.dns.DnsFacts;
import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.DnsRecords;
import dev.godwit.workflows.dns.DnsSpec;
import dev.godwit.workflows.dns.DnsStep;
import dev.godwit.workflows.dns.DnsStep.LowerTtl;
import dev.godwit.workflows.dns.DnsStep.PointDns;
import dev.godwit.workflows.dns.DnsStep.RestoreTtl;
import dev.godwit.workflows.dns.InspectDns;
import dev.godwit.workflows.dns.RecordFacts;
import dev.godwit.workflows.dns.RecordSet;
import dev.godwit.workflows.dns.RecordSets;
import dev.godwit.workflows.dns.Rfc2136Provider;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Changes record sets at the primary and sees them at every authoritative server. Each act reads first and sends
 * nothing where the set is as wanted; what it sends is refused by the server if the set was changed in between.
 */
public final class ZoneRecords implements DnsRecords {
    private static final Duration QUESTION = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Secrets secrets;
    private final Duration patience;

    /** Gives authoritative servers a minute to agree. */
    public ZoneRecords(Secrets secrets) {
        this(secrets, Duration.ofSeconds(60));
    }

    /**
     * Gives authoritative servers another time.
     *
     * @param patience how long they may take to give out a change of the primary's
     */
    ZoneRecords(Secrets secrets, Duration patience) {
        this.secrets = secrets;
        this.patience = patience;
    }

    @Override
    public Inspection<DnsFacts> inspectDns(InspectDns request) {
        return new ZoneInspection(request, () -> editor(request.dns()), ZoneRecords::server).inspect();
    }

    @Override
    public BeforeImage lookAtRecords(Look<DnsStep> request) {
        DnsSpec dns = request.step().dns();
        ZoneEditor editor = editor(dns);
        return new RecordSets(dns.records().stream().map(editor::read).toList());
    }

    @Override
    public Outcome lowerTtl(Act<LowerTtl> request) {
        Duration during = request.step().dns().ttl().during();
        return change(
                request.step(), found -> withTtl(found, during.compareTo(found.ttl()) < 0 ? during : found.ttl()));
    }

    @Override
    public Outcome pointDns(Act<PointDns> request) {
        PointDns step = request.step();
        return change(step, found -> {
            RecordSet wanted = pointed(step, found);
            refuseOther(found, of(request.before(), found), wanted);
            return wanted;
        });
    }

    /** The record set with the target's address. */
    private static RecordSet pointed(PointDns step, RecordSet found) {
        String value = step.dns().records().stream()
                .filter(record -> record.name().equals(found.name()) && record.type() == found.type())
                .findFirst()
                .map(DnsRecord::value)
                .orElse(step.targetAddress());
        Duration ttl = found.values().isEmpty() ? step.dns().ttl().during() : found.ttl();
        return new RecordSet(found.name(), found.type(), List.of(value), ttl);
    }

    /** What was found of this record set before the step. */
    private static Optional<RecordSet> of(BeforeImage before, RecordSet found) {
        return before instanceof RecordSets records
                ? records.sets().stream()
                        .filter(one -> one.name().equals(found.name()) && one.type() == found.type())
                        .findFirst()
                : Optional.empty();
    }

    /** Addresses that are neither those from before nor those of the target were put there by somebody since. */
    private static void refuseOther(RecordSet found, Optional<RecordSet> before, RecordSet wanted) {
        boolean known = Stream.concat(before.stream(), Stream.of(wanted))
                .anyMatch(one -> Records.addresses(one).equals(Records.addresses(found)));
        if (!known) {
            throw FailureType.SPEC_MISMATCH.because("Expected " + found.name() + " " + found.type()
                    + before.map(one -> " as it was found (" + Records.shown(one) + ")")
                            .orElse(" as it was found")
                    + ", or " + Records.shown(wanted) + ", but found " + Records.shown(found)
                    + ": somebody has changed it since; Godwit does not overwrite that; set it to one of the two, then"
                    + " retry");
        }
    }

    @Override
    public Outcome restoreTtl(Act<RestoreTtl> request) {
        List<RecordFacts> before = request.step().found();
        return change(
                request.step(),
                found -> before.stream()
                        .filter(one -> one.name().equals(found.name())
                                && one.type() == found.type()
                                && !one.values().isEmpty())
                        .findFirst()
                        .map(one -> withTtl(found, one.ttl()))
                        .orElse(found));
    }

    @Override
    public Outcome restoreRecords(Undo<DnsStep> request) {
        if (!(request.before() instanceof RecordSets)) {
            return Outcome.of("nothing was changed");
        }
        return change(
                request.step(),
                found -> of(request.before(), found)
                        .map(before -> restored(request.step(), found, before))
                        .orElse(found));
    }

    /** A step gives back what it took: a change of the TTL never touches the addresses. */
    private static RecordSet restored(DnsStep step, RecordSet found, RecordSet before) {
        return switch (step) {
            case PointDns point -> {
                refuseOther(found, Optional.of(before), pointed(point, found));
                yield before;
            }
            case LowerTtl _, RestoreTtl _ -> before.values().isEmpty() ? found : withTtl(found, before.ttl());
        };
    }

    /** Brings every record of the step to what is wanted of it, then sees it everywhere. */
    private Outcome change(DnsStep step, UnaryOperator<RecordSet> wish) {
        ZoneEditor editor = editor(step.dns());
        List<RecordSet> all = new ArrayList<>();
        List<RecordSet> wanted = new ArrayList<>();
        // All before the first is changed: one that is refused leaves the others as they are.
        for (DnsRecord record : step.dns().records()) {
            Heartbeat.of("reading " + record.name());
            RecordSet found = editor.read(record);
            all.add(found);
            wanted.add(wish.apply(found));
        }
        List<String> changes = new ArrayList<>();
        for (int index = 0; index < all.size(); index++) {
            RecordSet found = all.get(index);
            RecordSet wanting = wanted.get(index);
            if (!Records.same(found, wanting)) {
                editor.replace(found, wanting);
                changes.add(found.name() + " " + found.type() + " from " + Records.shown(found) + " to "
                        + Records.shown(wanting));
            }
        }
        List<String> servers = step.servers().isEmpty()
                ? editor.authoritativeServers(step.dns().records().getFirst())
                : step.servers();
        prove(servers, wanted);
        return Outcome.of((changes.isEmpty() ? "nothing to change" : "changed " + Words.list(changes)) + "; seen at "
                + Words.list(servers));
    }

    /** Asks every server until each gives out what is wanted. */
    private void prove(List<String> servers, List<RecordSet> wanted) {
        long deadline = System.nanoTime() + patience.toNanos();
        String what = "asking " + Words.list(servers);
        while (true) {
            List<String> doubts = doubts(servers, wanted, what);
            if (doubts.isEmpty()) {
                return;
            }
            what = "waiting for " + String.join("; ", doubts);
            if (System.nanoTime() - deadline > 0) {
                throw FailureType.DNS_NOT_PROVED.because("Expected every authoritative server to answer as the primary"
                        + " does within " + Durations.format(patience) + ", but found " + String.join("; ", doubts)
                        + "; see to these servers and to their transfers from the primary");
            }
            Pause.of(PAUSE, FailureType.DNS_NOT_PROVED, "to see the change everywhere", "the next attempt goes on");
        }
    }

    /** The first thing that each server does not say as it should. */
    private static List<String> doubts(List<String> servers, List<RecordSet> wanted, String what) {
        List<String> doubts = new ArrayList<>();
        for (String server : servers) {
            // For each: a silent one takes its time.
            Heartbeat.of(what);
            wanted.stream()
                    .flatMap(set -> doubt(server(server), set).stream())
                    .findFirst()
                    .ifPresent(doubts::add);
        }
        return doubts;
    }

    private static Optional<String> doubt(NameServer server, RecordSet wanted) {
        String question = server.shown() + " giving " + wanted.name() + " " + wanted.type() + " ";
        try {
            RecordSet seen = server.read(new DnsRecord(wanted.name(), wanted.type(), null));
            return Records.same(seen, wanted)
                    ? Optional.empty()
                    : Optional.of(question + Records.shown(seen) + " instead of " + Records.shown(wanted));
        } catch (NoAnswer e) {
            return Optional.of(question + e.getMessage() + " instead of " + Records.shown(wanted));
        }
    }

    private static RecordSet withTtl(RecordSet set, Duration ttl) {
        return new RecordSet(set.name(), set.type(), set.values(), ttl);
    }

    private static NameServer server(String address) {
        return NameServer.at(address, 53, QUESTION);
    }

    private ZoneEditor editor(DnsSpec dns) {
        return switch (dns.provider()) {
            case Rfc2136Provider provider ->
                new Rfc2136(
                        new NameServer(provider.server(), provider.port(), QUESTION),
                        TsigKey.read(secrets, provider.key()));
        };
    }
}
