package dev.godwit.activities.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.secrets.Secrets;
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
import dev.godwit.workflows.dns.Rfc2136Provider;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Finding.Severity;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ZoneTransferException;

/** Against two real BIND servers; every act is called twice, and the zone's serial tells whether anything was sent. */
class ZoneRecordsTest {
    private static final HostSpec SOURCE = host("10.66.0.2");
    private static final HostSpec TARGET = host("10.66.0.3");
    private static final MigrationContext MIGRATION = new MigrationContext("m", "shop", SOURCE, TARGET);
    private static final DnsRecord SHOP = new DnsRecord("shop.example.org", DnsRecord.Type.A, null);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private NameServers servers;

    private final ActivityStubs stubs = new ActivityStubs();
    private final List<String> heartbeats = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        servers = NameServers.start(folder);
        stubs.environment()
                .setActivityHeartbeatListener(Object.class, details -> heartbeats.add(String.valueOf(details)));
    }

    @AfterEach
    void stop() throws InterruptedException {
        stubs.close();
        if (servers != null) {
            servers.stop();
        }
    }

    @Test
    void shouldLowerPointAndRestoreAndChangeNothingTheSecondTime() throws Exception {
        DnsRecords dns = hands(NameServers.KEY);
        DnsSpec spec = dns(SHOP);
        List<String> zone = servers.zone();

        LowerTtl lower = new LowerTtl(spec, servers.both());
        assertThat(twice(() -> dns.lowerTtl(act(lower))).summary())
                .contains("from 10.66.0.2 with TTL 5m to 10.66.0.2 with TTL 1m")
                .contains("seen at " + String.join(" and ", servers.both()));
        assertThat(servers.zone()).anyMatch(line -> line.matches("shop.example.org.\\s+60\\s+IN\\s+A\\s+10.66.0.2"));

        PointDns point = new PointDns(spec, servers.both(), "10.66.0.3");
        BeforeImage before = dns.lookAtRecords(look(point));
        assertThat(twice(() -> dns.pointDns(act(point, before))).summary()).contains("to 10.66.0.3 with TTL 1m");
        assertThat(servers.zone()).anyMatch(line -> line.matches("shop.example.org.\\s+60\\s+IN\\s+A\\s+10.66.0.3"));

        DnsFacts facts = new DnsFacts(
                servers.both(),
                List.of(new RecordFacts(SHOP.name(), SHOP.type(), List.of("10.66.0.2"), Duration.ofMinutes(5))));
        RestoreTtl restore = new RestoreTtl(spec, servers.both(), facts.records());
        twice(() -> dns.restoreTtl(act(restore)));
        assertThat(servers.zone()).anyMatch(line -> line.matches("shop.example.org.\\s+300\\s+IN\\s+A\\s+10.66.0.3"));
        assertThat(servers.zone()).hasSameSizeAs(zone);
    }

    @Test
    void shouldPutEveryRecordBackAsItWasFound() throws Exception {
        DnsRecords dns = hands(NameServers.KEY);
        DnsSpec spec = dns(
                SHOP,
                new DnsRecord("many.example.org.", DnsRecord.Type.A, null),
                new DnsRecord("six.example.org", DnsRecord.Type.AAAA, "2001:db8:66::3"),
                new DnsRecord("new.example.org", DnsRecord.Type.A, "10.66.0.7"));
        List<String> zone = servers.zone();

        LowerTtl lower = new LowerTtl(spec, servers.both());
        BeforeImage beforeLower = dns.lookAtRecords(look(lower));
        dns.lowerTtl(act(lower));
        PointDns point = new PointDns(spec, servers.both(), "10.66.0.3");
        BeforeImage beforePoint = dns.lookAtRecords(look(point));
        twice(() -> dns.pointDns(act(point, beforePoint)));
        assertThat(servers.zone())
                .hasSize(zone.size())
                .anyMatch(line -> line.matches("many.example.org.\\s+60\\s+IN\\s+A\\s+10.66.0.3"))
                .anyMatch(line -> line.matches("six.example.org.\\s+60\\s+IN\\s+AAAA\\s+2001:db8:66:0:0:0:0:3"))
                .anyMatch(line -> line.matches("new.example.org.\\s+60\\s+IN\\s+A\\s+10.66.0.7"));

        twice(() -> dns.restoreRecords(undo(point, beforePoint)));
        twice(() -> dns.restoreRecords(undo(lower, beforeLower)));

        assertThat(servers.zone()).isEqualTo(zone);
    }

    @Test
    void shouldGiveBackOnlyTheTtlWhereItTookOnlyThat() throws Exception {
        DnsRecords dns = hands(NameServers.KEY);
        LowerTtl lower = new LowerTtl(dns(SHOP), servers.both());
        BeforeImage before = dns.lookAtRecords(look(lower));
        dns.lowerTtl(act(lower));
        point("10.66.0.8");

        twice(() -> dns.restoreRecords(undo(lower, before)));

        assertThat(servers.zone()).anyMatch(line -> line.matches("shop.example.org.\\s+300\\s+IN\\s+A\\s+10.66.0.8"));
    }

    @Test
    void shouldNotOverwriteWhatSomebodyPutThereSinceTheLook() throws Exception {
        DnsRecords dns = hands(NameServers.KEY);
        PointDns point = new PointDns(
                dns(new DnsRecord("many.example.org", DnsRecord.Type.A, null), SHOP), servers.both(), "10.66.0.3");
        BeforeImage before = dns.lookAtRecords(look(point));
        point("10.66.0.8");
        List<String> zone = servers.zone();

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> dns.pointDns(act(point, before)), () -> dns.restoreRecords(undo(point, before)))) {
            ApplicationFailure failure = failure(call);
            assertThat(failure.getType()).isEqualTo(FailureType.SPEC_MISMATCH.name());
            assertThat(failure.getOriginalMessage())
                    .contains("shop.example.org A as it was found (10.66.0.2 with TTL 5m)")
                    .contains("but found 10.66.0.8 with TTL 5m");
        }

        assertThat(servers.zone()).isEqualTo(zone);
    }

    /** Somebody else's change. */
    private void point(String address) {
        Rfc2136 editor = editor(NameServers.KEY);
        RecordSet found = editor.read(SHOP);
        editor.replace(found, new RecordSet(found.name(), found.type(), List.of(address), found.ttl()));
    }

    @Test
    void shouldTellOfAddressesThatDoNotMove() {
        DnsRecord six = new DnsRecord("Shop.example.org.", DnsRecord.Type.AAAA, "2001:db8:66::3");
        Rfc2136 editor = editor(NameServers.KEY);
        RecordSet none = editor.read(six);
        editor.replace(none, new RecordSet(six.name(), six.type(), List.of("2001:db8:66::2"), Duration.ofMinutes(5)));
        DnsRecords dns = hands(NameServers.KEY);

        assertThat(inspect(dns, dns(SHOP)).findings())
                .filteredOn(finding -> finding.code().equals("dns-sibling"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
                    assertThat(finding.message()).contains("AAAA 2001:db8:66:0:0:0:0:2 with TTL 5m");
                });
        assertThat(inspect(dns, dns(SHOP, six)).findings())
                .extracting(Finding::code)
                .doesNotContain("dns-sibling");
    }

    @Test
    void shouldTolerateAnUndoOfWhatNeverHappened() throws Exception {
        DnsRecords dns = hands(NameServers.KEY);
        LowerTtl lower = new LowerTtl(dns(SHOP), servers.both());
        long serial = servers.serial();

        dns.restoreRecords(undo(lower, dns.lookAtRecords(look(lower))));
        dns.restoreRecords(undo(lower, BeforeImage.NOTHING));

        assertThat(servers.serial()).isEqualTo(serial);
    }

    @Test
    void shouldNeverRaiseATtlThatIsLowAlready() throws Exception {
        DnsSpec spec = new DnsSpec(provider(), List.of(SHOP), new DnsSpec.Ttl(Duration.ofHours(1)), List.of());
        long serial = servers.serial();

        assertThat(hands(NameServers.KEY)
                        .lowerTtl(act(new LowerTtl(spec, servers.both())))
                        .summary())
                .startsWith("nothing to change");
        assertThat(servers.serial()).isEqualTo(serial);
    }

    @Test
    void shouldNameTheServerThatDoesNotFollow() throws Exception {
        servers.stopSecondary();
        DnsRecords dns = hands(NameServers.KEY);
        LowerTtl lower = new LowerTtl(dns(SHOP), servers.both());

        ApplicationFailure failure = failure(() -> dns.lowerTtl(act(lower)));

        assertThat(failure.getType()).isEqualTo(FailureType.DNS_NOT_PROVED.name());
        assertThat(failure.isNonRetryable()).isFalse();
        assertThat(failure.getOriginalMessage())
                .contains(servers.both().getLast() + " giving shop.example.org A no answer")
                .contains("instead of 10.66.0.2 with TTL 1m")
                .doesNotContain(servers.both().getFirst() + " giving");
        assertThat(heartbeats)
                .anyMatch(beat -> beat.contains("waiting for " + servers.both().getLast()));

        // The next attempt finds the primary as wanted and only waits for the other one.
        long serial = servers.serial();
        servers.startSecondary();
        assertThat(dns.lowerTtl(act(lower)).summary())
                .startsWith("nothing to change; seen at " + String.join(" and ", servers.both()));
        assertThat(servers.serial()).isEqualTo(serial);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                NameServers.POWERLESS_KEY,
                "hmac-sha256:godwit:d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmctd3JvbmctMTI=",
                "hmac-sha256:stranger:Z29kd2l0LWdvZHdpdC1nb2R3aXQtZ29kd2l0LTEyMzQ="
            })
    void shouldSayWhyAnUpdateIsRefused(String key) throws Exception {
        List<String> zone = servers.zone();
        long serial = servers.serial();
        DnsRecords dns = hands(key);

        ApplicationFailure failure = failure(() -> dns.lowerTtl(act(new LowerTtl(dns(SHOP), servers.both()))));

        String reason = key.contains("reader") ? "REFUSED" : key.contains("stranger") ? "BADKEY" : "BADSIG";
        assertThat(failure.getType()).isEqualTo(FailureType.DNS_REFUSED.name());
        assertThat(failure.isNonRetryable()).isTrue();
        assertThat(failure.getOriginalMessage()).contains(reason).doesNotContain(key.substring(key.lastIndexOf(':')));
        assertThat(inspect(dns, dns(SHOP)).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.BLOCKER);
            assertThat(finding.code()).isEqualTo("dns-update");
            assertThat(finding.where()).isEqualTo("/dns/records/0");
            assertThat(finding.message()).contains(reason);
        });
        assertThat(servers.zone()).isEqualTo(zone);
        assertThat(servers.serial()).isEqualTo(serial);
    }

    @Test
    void shouldFindServersRecordsAndPermissionWithoutChangingAnything() throws Exception {
        List<String> zone = servers.zone();
        long serial = servers.serial();

        Inspection<DnsFacts> inspection = inspect(hands(NameServers.KEY), dns(SHOP));

        assertThat(inspection.findings()).isEmpty();
        DnsFacts facts = Objects.requireNonNull(inspection.facts());
        assertThat(facts.servers()).isEqualTo(servers.both());
        assertThat(facts.longestTtl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(facts.records().getFirst().values()).containsExactly("10.66.0.2");
        assertThat(servers.serial()).isEqualTo(serial);
        assertThat(servers.zone()).isEqualTo(zone);
    }

    @Test
    void shouldTellWhatIsOddAboutRecords() throws Exception {
        Inspection<DnsFacts> inspection = inspect(
                hands(NameServers.KEY),
                dns(
                        new DnsRecord("away.example.org", DnsRecord.Type.A, null),
                        new DnsRecord("many.example.org", DnsRecord.Type.A, null),
                        new DnsRecord("none.example.org", DnsRecord.Type.A, null),
                        new DnsRecord("six.example.org", DnsRecord.Type.AAAA, "2001:db8:66::2")));

        assertThat(inspection.findings())
                .extracting(Finding::code)
                .containsExactly("dns-points-at-target", "dns-points-elsewhere", "dns-missing", "dns-as-wanted");
        assertThat(inspection.findings())
                .extracting(Finding::severity)
                .containsExactly(Severity.BLOCKER, Severity.WARNING, Severity.WARNING, Severity.NOTE);
    }

    @Test
    void shouldTellWhichServersDisagreeOrAreSilent() throws Exception {
        servers.stopSecondary();
        DnsRecords dns = hands(NameServers.KEY);
        Inspection<DnsFacts> silent = inspect(dns, dns(SHOP));
        assertThat(silent.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.BLOCKER);
            assertThat(finding.message()).contains(servers.both().getLast()).contains("no answer");
        });

        servers.freezeSecondary("shop 900 IN A 10.66.0.8");
        Inspection<DnsFacts> inspection = inspect(dns, dns(SHOP));

        assertThat(inspection.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.code()).isEqualTo("dns-disagreement");
            assertThat(finding.message()).contains(servers.both().getLast() + " gives 10.66.0.8 with TTL 15m");
        });
        assertThat(Objects.requireNonNull(inspection.facts()).longestTtl()).isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void shouldBlockWhatCannotBeAskedOrWritten() throws Exception {
        DnsRecords dns = hands(NameServers.KEY);

        assertThat(blocker(dns, dns(new DnsRecord("alias.example.org", DnsRecord.Type.A, null))))
                .contains("an alias (CNAME)");
        assertThat(blocker(dns, dns(new DnsRecord("shop.example.com", DnsRecord.Type.A, null))))
                .contains("no such zone");
        assertThat(blocker(dns, found(new DnsRecord("shop.gone.example.net", DnsRecord.Type.A, null))))
                .contains("address of the name server ns.elsewhere.example.")
                .contains("/dns/servers");
    }

    @Test
    void shouldBlockWhenTheKeyIsNoKey() {
        assertThat(blocker(hands("godwit:c2VjcmV0"), dns(SHOP))).contains("algorithm:name:base64");
    }

    @Test
    void shouldFindTheAuthoritativeServersOfTheZone() throws Exception {
        Rfc2136 editor = editor(NameServers.KEY);

        // A server rotates its answers; a plan must not.
        for (int time = 0; time < 20; time++) {
            assertThat(editor.authoritativeServers(SHOP)).containsExactly("127.0.0.1", "127.0.0.2");
        }
    }

    @Test
    void shouldNotOverwriteAChangeThatAPersonMakesAtTheSameMoment() throws Exception {
        Rfc2136 editor = editor(NameServers.KEY);
        RecordSet found = editor.read(SHOP);
        RecordSet persons = new RecordSet(SHOP.name(), SHOP.type(), List.of("10.66.0.8"), found.ttl());
        editor.replace(found, persons);

        ApplicationFailure failure = failure(() ->
                editor.replace(found, new RecordSet(SHOP.name(), SHOP.type(), List.of("10.66.0.3"), found.ttl())));

        assertThat(failure.getType()).isEqualTo(FailureType.DNS_NOT_PROVED.name());
        assertThat(failure.getOriginalMessage()).contains("NXRRSET").contains("somebody changed it");
        assertThat(editor.read(SHOP)).isEqualTo(persons);
    }

    @Test
    void shouldRetryWhenThePrimaryIsSilent() throws Exception {
        servers.stop();

        ApplicationFailure failure =
                failure(() -> hands(NameServers.KEY).lowerTtl(act(new LowerTtl(dns(SHOP), servers.both()))));

        assertThat(failure.getType()).isEqualTo(FailureType.DNS_NOT_PROVED.name());
        assertThat(failure.getOriginalMessage())
                .contains("the primary name server 127.0.0.1")
                .contains("no answer");
    }

    private interface Call {
        Outcome run();
    }

    /** Runs an act twice; the second run must send nothing. The outcome is the first one's. */
    private Outcome twice(Call call) throws IOException, ZoneTransferException {
        Outcome outcome = call.run();
        long serial = servers.serial();
        assertThat(call.run().summary()).startsWith("nothing to change");
        assertThat(servers.serial()).isEqualTo(serial);
        return outcome;
    }

    private Rfc2136 editor(String key) {
        return new Rfc2136(
                new NameServer(NameServers.ADDRESS, servers.port(), Duration.ofSeconds(2)),
                TsigKey.read(secrets(key), new SecretRef("tsig")));
    }

    private DnsRecords hands(String key) {
        TestActivityEnvironment environment = stubs.environment();
        environment.registerActivitiesImplementations(new ZoneRecords(secrets(key), Duration.ofSeconds(5)));
        // Its own options, by which heartbeats are not held back for long.
        return environment.newActivityStub(DnsRecords.class);
    }

    private static Secrets secrets(String key) {
        return reference -> key;
    }

    private static ApplicationFailure failure(ThrowingCallable call) {
        RuntimeException thrown = catchThrowableOfType(RuntimeException.class, call);
        Throwable cause = thrown instanceof ActivityFailure ? thrown.getCause() : thrown;
        assertThat(cause).isInstanceOf(ApplicationFailure.class);
        return (ApplicationFailure) Objects.requireNonNull(cause);
    }

    private DnsSpec dns(DnsRecord... records) {
        return new DnsSpec(provider(), List.of(records), new DnsSpec.Ttl(Duration.ofMinutes(1)), servers.both());
    }

    /** Without the servers: they are to be found. */
    private DnsSpec found(DnsRecord record) {
        return new DnsSpec(provider(), List.of(record), new DnsSpec.Ttl(Duration.ofMinutes(1)), List.of());
    }

    private Rfc2136Provider provider() {
        return new Rfc2136Provider(NameServers.ADDRESS, servers.port(), new SecretRef("tsig"));
    }

    private String blocker(DnsRecords dns, DnsSpec spec) {
        return inspect(dns, spec).findings().stream()
                .filter(finding -> finding.severity() == Severity.BLOCKER)
                .map(Finding::message)
                .findFirst()
                .orElseThrow();
    }

    private static Inspection<DnsFacts> inspect(DnsRecords dns, DnsSpec spec) {
        return dns.inspectDns(new InspectDns(SOURCE, TARGET, spec));
    }

    private static <S extends DnsStep> Act<S> act(S step) {
        return act(step, BeforeImage.NOTHING);
    }

    private static <S extends DnsStep> Act<S> act(S step, BeforeImage before) {
        return new Act<>(MIGRATION, "dns", step, before);
    }

    private static Look<DnsStep> look(DnsStep step) {
        return new Look<>(MIGRATION, "dns", step);
    }

    private static Undo<DnsStep> undo(DnsStep step, BeforeImage before) {
        return new Undo<>(MIGRATION, "dns", step, before);
    }

    private static HostSpec host(String address) {
        return new HostSpec(address, address, new SshLogin("root", new SecretRef("ssh"), "", 22));
    }
}
