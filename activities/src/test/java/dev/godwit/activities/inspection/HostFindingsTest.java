package dev.godwit.activities.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.activities.inspection.HostReport.Unit;
import dev.godwit.activities.inspection.HostReport.User;
import dev.godwit.activities.inspection.HostReport.Volume;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.spec.Jobs;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Finding.Severity;
import dev.godwit.workflows.step.Findings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostFindingsTest {
    private static final Unit RUNNING = new Unit("loaded", "active", "enabled", List.of(), "");
    private static final Unit READY = new Unit("loaded", "inactive", "disabled", List.of(), "");
    private static final Unit ABSENT = new Unit("not-found", "inactive", "", List.of(), "");
    private static final Unit MASKED = new Unit("masked", "inactive", "masked", List.of(), "");
    private static final User JOBS = new User(true, true);
    private static final User IDLE = new User(true, false);
    private static final SshLogin LOGIN = new SshLogin("root", new SecretRef("ops"), "SHA256:x", 22);
    private static final Spec SPEC = Specs.of(
            new HostSpec("old.example.org", "10.66.0.2", LOGIN),
            new HostSpec("new.example.org", "10.66.0.3", LOGIN),
            List.of("shop.service"),
            new Jobs(List.of("worker.service"), List.of("shop")));

    private static final HostReport SOURCE = report(RUNNING, RUNNING, JOBS, Duration.ZERO, "debian 12", "");
    private static final HostReport TARGET = report(READY, READY, IDLE, Duration.ZERO, "debian 12", "SSH-2.0-OpenSSH");

    private static HostReport report(Unit app, Unit worker, User user, Duration clock, String release, String peer) {
        return new HostReport(
                clock,
                Duration.ofMillis(10),
                0,
                "debian",
                release,
                "x86_64",
                252,
                List.of(),
                Map.of("shop.service", app, "worker.service", worker),
                Map.of("shop", user),
                Map.of("/", new Volume(100L << 30, 50L << 30)),
                Map.of(22, "sshd"),
                List.of(),
                peer,
                Set.of("bash", "nginx-light"),
                List.of());
    }

    private static HostReport target(Unit app, Unit worker) {
        return report(app, worker, IDLE, Duration.ZERO, "debian 12", "SSH-2.0-OpenSSH");
    }

    private static List<String> findings(HostReport source, HostReport target) {
        Findings findings = new Findings();
        HostFindings hosts = new HostFindings(SPEC, findings);
        hosts.host(Side.SOURCE, source);
        hosts.host(Side.TARGET, target);
        hosts.pair(source, target);
        return findings.alone().findings().stream()
                .filter(finding -> !finding.code().equals("disk-free"))
                .map(HostFindingsTest::words)
                .toList();
    }

    private static String words(Finding finding) {
        return finding.severity() + " " + finding.code() + " " + finding.where();
    }

    @Test
    void shouldFindNothingWhereAllIsWell() {
        assertThat(findings(SOURCE, TARGET)).isEmpty();
    }

    @Test
    void shouldBlockOnUnitsThatTheTargetLacksHidesOrRuns() {
        assertThat(findings(SOURCE, target(ABSENT, MASKED)))
                .containsExactly("BLOCKER unit-missing /units/0", "BLOCKER unit-masked /jobs/units/0");
        assertThat(findings(SOURCE, target(new Unit("retired", "inactive", "disabled", List.of(), ""), READY)))
                .containsExactly("BLOCKER unit-retired /units/0");
        assertThat(findings(SOURCE, target(RUNNING, RUNNING)))
                .containsExactly("WARNING unit-running /units/0", "BLOCKER unit-running /jobs/units/0");
        assertThat(findings(SOURCE, target(READY, new Unit("loaded", "inactive", "enabled", List.of(), ""))))
                .containsExactly("WARNING unit-enabled /jobs/units/0");
    }

    @Test
    void shouldTellAboutUnitsOnTheSource() {
        Unit ticked = new Unit("loaded", "active", "static", List.of("tick.timer"), "");
        assertThat(findings(report(ABSENT, ticked, JOBS, Duration.ZERO, "debian 12", ""), TARGET))
                .containsExactly("BLOCKER unit-missing /units/0", "BLOCKER unit-triggered /jobs/units/0");
        assertThat(findings(report(READY, RUNNING, JOBS, Duration.ZERO, "debian 12", ""), TARGET))
                .containsExactly("WARNING unit-inactive /units/0");
    }

    @Test
    void shouldTellWhatCannotBeKeptFromStarting() {
        Unit alias = new Unit("loaded", "active", "enabled", List.of(), "web.service");
        assertThat(findings(report(alias, RUNNING, JOBS, Duration.ZERO, "debian 12", ""), TARGET))
                .containsExactly("BLOCKER unit-alias /units/0");
        Unit made = new Unit("loaded", "active", "transient", List.of(), "");
        assertThat(findings(report(made, RUNNING, JOBS, Duration.ZERO, "debian 12", ""), TARGET))
                .containsExactly("BLOCKER unit-transient /units/0");
    }

    @Test
    void shouldTellWhatWouldNotStartWithTheTarget() {
        Unit fixed = new Unit("loaded", "inactive", "static", List.of(), "");
        assertThat(findings(SOURCE, target(fixed, READY))).containsExactly("WARNING unit-not-enabled /units/0");
        Unit script = new Unit("loaded", "inactive", "sysv-disabled", List.of(), "");
        assertThat(findings(SOURCE, target(script, script))).isEmpty();
        Unit eager = new Unit("loaded", "inactive", "generated", List.of(), "");
        assertThat(findings(SOURCE, target(READY, eager))).containsExactly("WARNING unit-enabled /jobs/units/0");
    }

    @Test
    void shouldTellAboutCrontabs() {
        HostReport lonely = report(READY, READY, new User(false, false), Duration.ZERO, "debian 12", "SSH-2.0-x");
        assertThat(findings(SOURCE, lonely)).containsExactly("BLOCKER user-missing /jobs/crontabs/0");
        HostReport busy = report(READY, READY, JOBS, Duration.ZERO, "debian 12", "SSH-2.0-x");
        assertThat(findings(SOURCE, busy)).containsExactly("BLOCKER crontab-present /jobs/crontabs/0");
        HostReport without = report(RUNNING, RUNNING, IDLE, Duration.ZERO, "debian 12", "");
        assertThat(findings(without, TARGET)).containsExactly("WARNING crontab-missing /jobs/crontabs/0");
    }

    @ParameterizedTest
    @CsvSource({"1500, 0", "-1900, 0", "2100, 2", "-2100, 2", "300000, 2"})
    void shouldWarnOfClocksThatAreApart(long milliseconds, int warnings) {
        HostReport target = report(READY, READY, IDLE, Duration.ofMillis(milliseconds), "debian 12", "SSH-2.0-OpenSSH");
        assertThat(findings(SOURCE, target)).hasSize(warnings).allMatch("WARNING clock-skew target"::equals);
    }

    @Test
    void shouldNotBlameAClockForASlowAnswer() {
        HostReport slow = new HostReport(
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                0,
                "debian",
                "debian 12",
                "x86_64",
                252,
                List.of(),
                TARGET.units(),
                TARGET.users(),
                TARGET.volumes(),
                TARGET.ports(),
                List.of(),
                TARGET.peer(),
                TARGET.packages(),
                List.of());
        assertThat(findings(SOURCE, slow)).isEmpty();
    }

    @Test
    void shouldTellOfTheFirewallRuleThatWillBeMade() {
        HostReport unreached = report(READY, READY, IDLE, Duration.ZERO, "debian 12", "");
        assertThat(findings(SOURCE, unreached)).containsExactly("BLOCKER peer-unreachable target");
        assertThat(findings(filtering(22), unreached)).containsExactly("NOTE firewall-rule source");
        assertThat(findings(filtering(2222), unreached))
                .as("where no sshd listens, no rule helps")
                .contains("BLOCKER peer-unreachable target");
        assertThat(findings(filtering(22), TARGET)).as("there is a way already").isEmpty();
    }

    private static HostReport filtering(int sshd) {
        return new HostReport(
                SOURCE.clock(),
                SOURCE.clockError(),
                0,
                SOURCE.os(),
                SOURCE.release(),
                SOURCE.machine(),
                SOURCE.systemd(),
                List.of(),
                SOURCE.units(),
                SOURCE.users(),
                SOURCE.volumes(),
                Map.of(sshd, "sshd"),
                List.of(),
                "",
                TARGET.packages(),
                List.of("inet filter input"));
    }

    @Test
    void shouldTellEverythingElse() {
        HostReport odd = new HostReport(
                Duration.ZERO,
                Duration.ZERO,
                1000,
                "rhel",
                "rhel 9",
                "aarch64",
                0,
                List.of("flock"),
                TARGET.units(),
                TARGET.users(),
                Map.of("/var", new Volume(10L << 30, 100L << 20)),
                Map.of(),
                List.of("shop-1"),
                "",
                Set.of("bash"),
                List.of());
        assertThat(findings(SOURCE, odd))
                .containsExactly(
                        "BLOCKER privilege target",
                        "BLOCKER systemd target",
                        "BLOCKER tool-missing target",
                        "BLOCKER disk-full target",
                        "NOTE state-folder target",
                        "WARNING architecture target",
                        "WARNING system target",
                        "NOTE packages target",
                        "NOTE ports target",
                        "BLOCKER peer-unreachable target");
        Findings collected = new Findings();
        new HostFindings(SPEC, collected).host(Side.TARGET, odd);
        List<Finding> findings = collected.alone().findings();
        assertThat(findings)
                .filteredOn(finding -> finding.code().equals("tool-missing"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.hint()).isEqualTo("apt-get install util-linux"));
        assertThat(findings)
                .filteredOn(finding -> finding.severity() == Severity.BLOCKER)
                .hasSize(4);
    }
}
