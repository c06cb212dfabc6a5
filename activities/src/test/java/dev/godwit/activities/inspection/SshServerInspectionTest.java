package dev.godwit.activities.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.host.LabServers;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.SshDaemon;
import dev.godwit.activities.host.SshServers;
import dev.godwit.workflows.inspection.InspectServers;
import dev.godwit.workflows.inspection.ServerInspection;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.spec.Jobs;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Finding.Severity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(LabServers.RESOURCE)
class SshServerInspectionTest {
    private static final String SNAPSHOT = """
            find /etc /var/spool/cron /root -xdev -printf '%p %T@ %s %m\\n' | sort | sha256sum
            """;

    private static List<Finding> inspect(SshServers servers, Clock clock, Spec spec) {
        try (ActivityStubs stubs = new ActivityStubs()) {
            return stubs.stub(ServerInspection.class, new SshServerInspection(servers, clock))
                    .inspectServers(new InspectServers(spec))
                    .findings();
        }
    }

    private static List<String> words(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.severity() != Severity.NOTE)
                .map(finding -> finding.severity() + " " + finding.code() + " " + finding.where())
                .toList();
    }

    @Test
    void shouldAnswerWithFindingsWhenServersAreOutOfReach(@TempDir Path folder) {
        try (SshDaemon daemon = SshDaemon.start(folder);
                SshServers servers = new SshServers(daemon.secrets())) {
            SshLogin login = daemon.spec().ssh();
            HostSpec changed = new HostSpec(
                    "old.example.org",
                    "127.0.0.1",
                    new SshLogin(
                            "root", login.key(), "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", login.port()));
            HostSpec away =
                    new HostSpec("new.example.org", "127.0.0.1", new SshLogin("root", login.key(), login.hostKey(), 1));
            List<Finding> findings = inspect(servers, Clock.systemUTC(), Specs.of(changed, away, List.of(), Jobs.NONE));
            assertThat(words(findings))
                    .containsExactly("BLOCKER host-key-changed source", "BLOCKER host-unreachable target");
            assertThat(findings).allSatisfy(finding -> {
                assertThat(finding.message()).startsWith("Expected ").contains("but found");
                assertThat(finding.hint()).isNotEmpty();
            });
        }
    }

    @Test
    @Tag("lab")
    void shouldSayThatALoginPrintsWhatNobodyAskedFor() {
        try (LabServers lab = LabServers.find()) {
            Server source = lab.open("old");
            source.output(
                    Script.of("cp -a /root/.bashrc /root/.bashrc.own; sed -i '1i echo Welcome to old' /root/.bashrc"));
            try {
                Spec spec = Specs.of(lab.spec("old"), lab.spec("new"), List.of(), Jobs.NONE);
                assertThat(inspect(lab.servers(), Clock.systemUTC(), spec))
                        .filteredOn(finding -> finding.code().equals("command-failed"))
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.message() + "; " + finding.hint())
                                .contains("old.example.org", "'Welcome to old'", "[ -t 1 ]"));
            } finally {
                source.run(Script.of("mv /root/.bashrc.own /root/.bashrc"));
            }
        }
    }

    @Test
    @Tag("lab")
    void shouldLookAtRealServersAndChangeNothing() {
        try (LabServers lab = LabServers.find()) {
            Server source = lab.open("old");
            Server target = lab.open("new");
            Spec spec = Specs.of(
                    lab.spec("old"),
                    lab.spec("new"),
                    List.of("cron.service", "inspection-test.service"),
                    new Jobs(List.of("e2scrub_all.timer"), List.of("root", "nosuchuser")));
            String before = source.output(Script.of(SNAPSHOT)) + target.output(Script.of(SNAPSHOT));
            List<Finding> findings = inspect(lab.servers(), Clock.systemUTC(), spec);
            assertThat(words(findings))
                    .contains(
                            "WARNING unit-running /units/0",
                            "BLOCKER unit-missing /units/1",
                            "WARNING crontab-missing /jobs/crontabs/0",
                            "BLOCKER user-missing /jobs/crontabs/1")
                    .noneMatch(words -> words.endsWith(" source") || words.endsWith(" target"));
            assertThat(findings).extracting(Finding::code).contains("disk-free");
            assertThat(source.output(Script.of(SNAPSHOT)) + target.output(Script.of(SNAPSHOT)))
                    .isEqualTo(before);
        }
    }

    @Test
    @Tag("lab")
    void shouldNoticeAClockThatIsWrong() {
        try (LabServers lab = LabServers.find()) {
            Spec spec = Specs.of(lab.spec("old"), lab.spec("new"), List.of(), Jobs.NONE);
            List<Finding> findings =
                    inspect(lab.servers(), Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-5)), spec);
            assertThat(words(findings)).containsExactly("WARNING clock-skew source", "WARNING clock-skew target");
            assertThat(findings)
                    .filteredOn(finding -> finding.code().equals("clock-skew"))
                    .allSatisfy(finding ->
                            assertThat(finding.message()).containsPattern("(299\\.|300\\.|301\\.)\\d s ahead of"));
        }
    }

    @Test
    @Tag("lab")
    void shouldNoticeThatTheTargetCannotReachTheSource(@TempDir Path folder) {
        try (LabServers lab = LabServers.find();
                SshDaemon daemon = SshDaemon.start(folder);
                SshServers servers =
                        new SshServers(reference -> reference.name().equals("here")
                                ? daemon.secrets().get(daemon.spec().ssh().key())
                                : lab.secrets().get(reference))) {
            SshLogin login = daemon.spec().ssh();
            HostSpec here = new HostSpec(
                    "here.example.org",
                    "127.0.0.1",
                    new SshLogin("root", new SecretRef("here"), login.hostKey(), login.port()));
            // On the target, that address is the target itself, where nobody listens on that port.
            Spec spec = Specs.of(here, lab.spec("new"), List.of(), Jobs.NONE);
            assertThat(words(inspect(servers, Clock.systemUTC(), spec))).contains("BLOCKER peer-unreachable target");
        }
    }
}
