package dev.godwit.activities.units;

import static dev.godwit.activities.host.ActivityStubs.assertThatActivityThrownBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.host.LabServers;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.units.ServiceUnits;
import dev.godwit.workflows.units.UnitState;
import dev.godwit.workflows.units.UnitStates;
import dev.godwit.workflows.units.UnitStep;
import dev.godwit.workflows.units.UnitStep.RetireUnits;
import dev.godwit.workflows.units.UnitStep.StartUnits;
import dev.godwit.workflows.units.UnitStep.StopUnits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("lab")
@ResourceLock(LabServers.RESOURCE)
class SystemdUnitsTest {
    private static final String APP = "units-test.service";
    private static final String TIMER = "units-test-tick.timer";

    private static final String SCRIPT = "units-test-sysv.service";

    private static LabServers lab;
    private final ActivityStubs stubs = new ActivityStubs();
    private MigrationContext migration;
    private ServiceUnits units;
    private Server server;

    @BeforeAll
    static void find() {
        lab = LabServers.find();
    }

    @AfterAll
    static void leave() {
        if (lab != null) {
            lab.close();
        }
    }

    @BeforeEach
    void install() {
        migration = lab.migration("units-test");
        server = lab.open("old");
        units = stubs.stub(ServiceUnits.class, new SystemdUnits(lab.servers()));
        file(
                "/etc/systemd/system/" + APP,
                "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        file("/etc/systemd/system/units-test-tick.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        file("/etc/systemd/system/" + TIMER, "[Timer]\nOnCalendar=hourly\n[Install]\nWantedBy=timers.target\n");
        file(
                "/usr/lib/systemd/system/units-test-packaged.service",
                "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n");
        server.output(
                Script.of("systemctl daemon-reload; systemctl enable -q --now units-test.service units-test-tick.timer"
                        + " units-test-packaged.service"));
    }

    @AfterEach
    void remove() {
        if (server != null) {
            server.run(Script.of("""
                    systemctl unmask units-test-packaged.service
                    systemctl disable -q --now units-test.service units-test-tick.timer units-test-packaged.service
                    systemctl stop 'units-test*'
                    rm -rf /etc/systemd/system/units-test* /usr/lib/systemd/system/units-test*
                    rm -f /etc/init.d/units-test-sysv /run/units-test-sysv.log
                    update-rc.d units-test-sysv remove
                    systemctl daemon-reload
                    systemctl reset-failed 'units-test*'
                    """));
        }
        stubs.close();
    }

    private void file(String path, String text) {
        server.write(path, text.getBytes(StandardCharsets.UTF_8), 0644);
    }

    private BeforeImage look(String... names) {
        return units.lookAtUnits(new Look<>(migration, "stop", stop(names)));
    }

    private static StopUnits stop(String... names) {
        return new StopUnits(Side.SOURCE, List.of(names), true);
    }

    private static BeforeImage image(UnitState... states) {
        return new UnitStates(List.of(states));
    }

    private <S extends UnitStep> Act<S> act(S step) {
        return new Act<>(migration, "step", step, BeforeImage.NOTHING);
    }

    private Undo<UnitStep> undo(BeforeImage before, String... names) {
        return new Undo<>(migration, "step", stop(names), before);
    }

    @Test
    void shouldStopAndRestoreTwice() {
        BeforeImage found = look(APP, TIMER, "units-test-tick.service", "no-such.service");
        assertThat(found)
                .isEqualTo(image(
                        new UnitState(APP, "active", "enabled"),
                        new UnitState(TIMER, "active", "enabled"),
                        new UnitState("units-test-tick.service", "inactive", "static"),
                        new UnitState("no-such.service", "inactive", "")));

        assertThat(units.stopUnits(act(stop(APP, TIMER))).summary()).contains("stopped", "disabled");
        assertThat(look(APP, TIMER))
                .isEqualTo(image(
                        new UnitState(APP, "inactive", "disabled"), new UnitState(TIMER, "inactive", "disabled")));
        assertThat(units.stopUnits(act(stop(APP, TIMER))).summary()).contains("had that state already");

        units.restoreUnits(undo(found, APP, TIMER));
        assertThat(look(APP, TIMER, "units-test-tick.service", "no-such.service"))
                .isEqualTo(found);
        assertThat(units.restoreUnits(undo(found, APP, TIMER)).summary()).contains("had that state already");
    }

    @Test
    void shouldRestoreWhatWasDisabledAndStopped() {
        server.output(Script.of("systemctl disable -q --now units-test.service"));
        BeforeImage found = look(APP);
        units.startUnits(act(new StartUnits(Side.SOURCE, List.of(APP), true)));
        assertThat(look(APP)).isEqualTo(image(new UnitState(APP, "active", "enabled")));
        assertThat(units.startUnits(act(new StartUnits(Side.SOURCE, List.of(APP), true)))
                        .summary())
                .contains("had that state already");
        units.restoreUnits(undo(found, APP));
        assertThat(look(APP)).isEqualTo(found);
    }

    @Test
    void shouldGiveARehearsalItsOwnEnvironmentAndTakeItAway() {
        server.output(Script.of("systemctl disable -q --now units-test.service"));
        BeforeImage found = look(APP);
        StartUnits start =
                new StartUnits(Side.SOURCE, List.of(APP), false, List.of("MAIL=\"off\" 100%", "PATH_TO=C:\\x $HOME"));
        units.startUnits(act(start));
        units.startUnits(act(start));
        String environment = "tr '\\0' '\\n' </proc/$(systemctl show -P MainPID units-test.service)/environ";
        assertThat(server.output(Script.of(environment)).lines()).contains("MAIL=\"off\" 100%", "PATH_TO=C:\\x $HOME");

        units.stopUnits(act(new StopUnits(Side.SOURCE, List.of(APP), false)));
        assertThat(server.output(
                        Script.of("systemctl show -P DropInPaths units-test.service; ls -A /run/systemd/system")))
                .doesNotContain("rehearsal", "units-test.service.d");
        units.startUnits(act(start));
        units.restoreUnits(new Undo<>(migration, "units", start, found));
        assertThat(server.output(Script.of("systemctl show -P DropInPaths units-test.service")))
                .doesNotContain("rehearsal");
        assertThat(look(APP)).isEqualTo(found);
    }

    @Test
    void shouldNotEnableForARehearsal() {
        server.output(Script.of("systemctl disable -q --now units-test.service"));
        units.startUnits(act(new StartUnits(Side.SOURCE, List.of(APP), false)));
        assertThat(look(APP)).isEqualTo(image(new UnitState(APP, "active", "disabled")));
    }

    @Test
    void shouldSayWhyAUnitDoesNotStart() {
        server.output(Script.of("systemctl stop units-test.service"));
        file("/etc/systemd/system/" + APP, "[Service]\nExecStart=/bin/sh -c 'echo no database; exit 5'\n");
        server.output(Script.of("systemctl daemon-reload"));
        assertThatActivityThrownBy(() -> units.startUnits(act(new StartUnits(Side.SOURCE, List.of(APP), false))))
                .hasMessageContaining("UNIT_FAILED")
                .hasMessageContaining("no database");
    }

    @Test
    void shouldNotWaitForAUnitThatKeepsCrashing() {
        server.output(Script.of("systemctl stop units-test.service"));
        file(
                "/etc/systemd/system/" + APP,
                "[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=200ms\n[Unit]\nStartLimitIntervalSec=0\n");
        server.output(Script.of("systemctl daemon-reload"));
        assertThatActivityThrownBy(() -> units.startUnits(act(new StartUnits(Side.SOURCE, List.of(APP), false))))
                .hasMessageContaining("UNIT_FAILED");
    }

    @Test
    void shouldWaitForASlowStart() {
        server.output(Script.of("systemctl stop units-test.service"));
        file("/etc/systemd/system/" + APP, """
                [Service]
                Type=notify
                NotifyAccess=all
                ExecStart=/bin/sh -c 'sleep 2; systemd-notify --ready; exec sleep 1000'
                """);
        server.output(Script.of("systemctl daemon-reload"));
        units.startUnits(act(new StartUnits(Side.SOURCE, List.of(APP), false)));
        assertThat(server.output(Script.of("systemctl is-active units-test.service")))
                .isEqualTo("active\n");
    }

    /** Recorded as down, it would stay down after a rollback. */
    @Test
    void shouldWaitForTheEndOfARestart() {
        file("/etc/systemd/system/" + APP, """
                [Service]
                ExecStart=/bin/sleep 1000
                ExecStop=/bin/sleep 2
                """);
        server.output(Script.of("systemctl daemon-reload; systemctl restart --no-block units-test.service;"
                + " until [ $(systemctl is-active units-test.service) = deactivating ]; do :; done"));
        assertThat(look(APP)).isEqualTo(image(new UnitState(APP, "active", "enabled")));
    }

    @Test
    void shouldReportAUnitThatDoesNotExist() {
        assertThatActivityThrownBy(
                        () -> units.startUnits(act(new StartUnits(Side.SOURCE, List.of("no-such.service"), true))))
                .hasMessageContaining("SPEC_MISMATCH")
                .hasMessageContaining("no-such.service has no unit file");
    }

    @Test
    void shouldReportProcessesThatOutliveTheirUnit() {
        file(
                "/etc/systemd/system/" + APP,
                "[Service]\nKillMode=process\nExecStart=/bin/sh -c 'sleep 1001 & exec sleep 1000'\n");
        server.output(Script.of("systemctl daemon-reload; systemctl restart units-test.service; sleep 0.3"));
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatActivityThrownBy(() -> units.stopUnits(act(stop(APP))))
                    .as("attempt %d", attempt)
                    .hasMessageContaining("UNIT_FAILED")
                    .hasMessageContaining("sleep");
        }
        server.output(Script.of("pkill -fx 'sleep 1001'"));
        units.stopUnits(act(stop(APP)));
    }

    @Test
    void shouldWaitForWhatATimerHasStarted() {
        startTick("until [ -e /run/units-test-go ]; do sleep 0.1; done; rm /run/units-test-go");
        try (ActivityStubs impatient = new ActivityStubs()) {
            ServiceUnits hasty =
                    impatient.stub(ServiceUnits.class, new SystemdUnits(lab.servers(), Duration.ofSeconds(1)));
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatActivityThrownBy(() -> hasty.stopUnits(act(stop(TIMER))))
                        .as("attempt %d", attempt)
                        .hasMessageContaining("UNIT_FAILED")
                        .hasMessageContaining("units-test-tick.service, active");
            }
        }
        server.output(Script.of("touch /run/units-test-go"));
        units.stopUnits(act(stop(TIMER)));
        assertThat(server.run(Script.of("ls /run/units-test-go")).ok())
                .as("the job came to its end")
                .isFalse();
    }

    @Test
    void shouldNotWaitForWhatIsToRun() {
        startTick("exec sleep 1000");
        units.restoreUnits(undo(
                image(
                        new UnitState(TIMER, "inactive", "disabled"),
                        new UnitState("units-test-tick.service", "active", "static")),
                TIMER,
                "units-test-tick.service"));
        assertThat(look(TIMER)).isEqualTo(image(new UnitState(TIMER, "inactive", "disabled")));
    }

    private void startTick(String commands) {
        file(
                "/etc/systemd/system/units-test-tick.service",
                "[Service]\nType=exec\nExecStart=/bin/sh -c '" + commands + "'\n");
        server.output(Script.of("systemctl daemon-reload; systemctl start units-test-tick.service"));
    }

    @Test
    void shouldRetireTwiceSoThatNothingStartsThem() {
        BeforeImage found = look(APP, "units-test-packaged.service");
        RetireUnits step = new RetireUnits(Side.SOURCE, List.of(APP, "units-test-packaged.service"));
        assertThat(units.retireUnits(act(step)).summary()).contains("masked", "retired");
        assertThat(units.retireUnits(act(step)).summary()).contains("had that state already");
        for (String name : step.units()) {
            assertThat(server.run(Script.of("systemctl start \"$1\"", name)).ok())
                    .isFalse();
        }
        assertThat(server.output(Script.of("cat /etc/systemd/system/units-test.service")))
                .contains("sleep 1000");

        units.restoreUnits(new Undo<>(migration, "step", step, found));
        assertThat(look(APP, "units-test-packaged.service")).isEqualTo(found);
        assertThat(server.run(Script.of("ls -d /etc/systemd/system/units-test.service.d"))
                        .ok())
                .isFalse();
    }

    /** Neither can be disabled, and a restart of the source in the soak would start both. */
    @Test
    void shouldKeepFromStartingWhatCannotBeDisabled() {
        script();
        String fixed = "units-test-fixed.service";
        file("/usr/lib/systemd/system/" + fixed, "[Service]\nExecStart=/bin/sleep 1000\n");
        String own = "units-test-own.service";
        file("/etc/systemd/system/" + own, "[Service]\nExecStart=/bin/sleep 1000\n");
        server.output(Script.of("systemctl daemon-reload; systemctl start \"$@\"", SCRIPT, fixed, own));
        BeforeImage found = look(SCRIPT, fixed, own);
        assertThat(found)
                .isEqualTo(image(
                        new UnitState(SCRIPT, "active", "generated"),
                        new UnitState(fixed, "active", "static"),
                        new UnitState(own, "active", "static")));

        assertThat(units.stopUnits(act(stop(SCRIPT, fixed, own))).summary())
                .contains("masked " + SCRIPT, "masked " + fixed, "retired " + own);
        assertThat(units.stopUnits(act(stop(SCRIPT, fixed, own))).summary()).contains("had that state already");
        for (String name : List.of(SCRIPT, fixed, own)) {
            assertThat(server.run(Script.of("systemctl start \"$1\"", name)).ok())
                    .as(name)
                    .isFalse();
        }
        assertThat(server.output(Script.of("cat /run/units-test-sysv.log")))
                .as("the script stopped it by its own means")
                .isEqualTo("start\nstop\n");

        for (int time = 0; time < 2; time++) {
            units.restoreUnits(undo(found, SCRIPT, fixed, own));
            assertThat(look(SCRIPT, fixed, own)).isEqualTo(found);
            assertThat(server.run(Script.of("ls -d /etc/systemd/system/units-test-[fos]*.d /etc/systemd/system/"
                                    + SCRIPT + " /etc/systemd/system/" + fixed))
                            .out())
                    .isEmpty();
        }
        assertThat(server.output(Script.of("systemctl is-enabled \"$1\"", SCRIPT)))
                .isEqualTo("enabled\n");
    }

    @Test
    void shouldEnableAScriptThatDoesNotRunAtBoot() {
        script();
        server.output(Script.of("systemctl disable units-test-sysv.service 2>&1"));
        BeforeImage found = look(SCRIPT);
        assertThat(found).isEqualTo(image(new UnitState(SCRIPT, "inactive", "sysv-disabled")));

        StartUnits start = new StartUnits(Side.SOURCE, List.of(SCRIPT), true);
        assertThat(units.startUnits(act(start)).summary()).contains("enabled " + SCRIPT);
        assertThat(units.startUnits(act(start)).summary()).contains("had that state already");
        assertThat(look(SCRIPT)).isEqualTo(image(new UnitState(SCRIPT, "active", "generated")));

        units.restoreUnits(new Undo<>(migration, "step", start, found));
        assertThat(look(SCRIPT)).isEqualTo(found);
    }

    /** Of the kind from before systemd, which a generator makes a unit of. */
    private void script() {
        server.write("/etc/init.d/units-test-sysv", """
                #!/bin/sh
                ### BEGIN INIT INFO
                # Provides:          units-test-sysv
                # Required-Start:    $remote_fs
                # Required-Stop:     $remote_fs
                # Default-Start:     2 3 4 5
                # Default-Stop:      0 1 6
                # Short-Description: a test of Godwit's
                ### END INIT INFO
                echo "$1" >>/run/units-test-sysv.log
                """.getBytes(StandardCharsets.UTF_8), 0755);
        server.output(Script.of("update-rc.d units-test-sysv defaults; systemctl daemon-reload"));
    }

    @Test
    void shouldKeepTheLinkOfALinkedUnit() {
        server.output(Script.of("""
                systemctl disable -q --now units-test.service
                mv /etc/systemd/system/units-test.service /root/units-test.service
                systemctl link -q /root/units-test.service
                systemctl enable -q --now units-test.service
                """));
        BeforeImage found = look(APP);
        units.stopUnits(act(stop(APP)));
        units.restoreUnits(undo(found, APP));
        assertThat(look(APP)).isEqualTo(found);
        server.output(Script.of("systemctl disable -q --now units-test.service; rm /root/units-test.service"));
    }

    @Test
    void shouldPutNothingBackThatNeverHappened() {
        assertThat(units.restoreUnits(undo(BeforeImage.NOTHING, APP)).summary()).contains("nothing was changed");
    }

    @Test
    void shouldRefuseWhatIsNoUnit() {
        for (String name : List.of("-H evil.service", "a b.service", "shop", "../x.service", "$(id).service")) {
            assertThatThrownBy(() -> UnitNames.checked(List.of(name))).hasMessageContaining("SPEC_MISMATCH");
        }
    }
}
