package dev.godwit.activities.crontabs;

import static dev.godwit.activities.host.ActivityStubs.assertThatActivityThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.host.LabServers;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.crontabs.CrontabStep.InstallCrontabs;
import dev.godwit.workflows.crontabs.CrontabStep.RemoveCrontabs;
import dev.godwit.workflows.crontabs.Crontabs;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Undo;
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
class UserCrontabsTest {
    private static final String USER = "crontest";
    private static final String JOBS = "# ü\nMAILTO=\"\"\n*/5 * * * * echo 'a b' %x \\% >/dev/null\n\n@daily true\n";
    private static final RemoveCrontabs REMOVE = new RemoveCrontabs(List.of(USER));
    private static final InstallCrontabs INSTALL = new InstallCrontabs(List.of(USER));

    private static LabServers lab;
    private final ActivityStubs stubs = new ActivityStubs();
    private MigrationContext migration;
    private Crontabs crontabs;
    private Server source;
    private Server target;

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
        migration = lab.migration("crontabs-test");
        crontabs = stubs.stub(Crontabs.class, new UserCrontabs(lab.servers()));
        source = lab.open("old");
        target = lab.open("new");
        for (Server server : List.of(source, target)) {
            clean(server);
            server.output(Script.of("useradd --no-create-home crontest"));
        }
        source.output(Script.of("crontab -u crontest -").withInput(JOBS));
    }

    @AfterEach
    void remove() {
        if (source != null) {
            clean(source);
            clean(target);
        }
        stubs.close();
    }

    private static void clean(Server server) {
        server.run(Script.of("crontab -u crontest -r; pkill -KILL -u crontest; userdel crontest;"
                + " rm -f /run/crontest /run/crontest.go /tmp/crontest.began; rm -rf /var/lib/godwit/crontabs-test;"
                + " rmdir /var/lib/godwit"));
    }

    private static String list(Server server) {
        return server.run(Script.of("crontab -u crontest -l")).out();
    }

    /** The spool file with its mode, owner and checksum. */
    private static String spool(Server server) {
        return server.run(Script.of("cd /var/spool/cron/crontabs; stat -c '%a %U %G %h' crontest; cat crontest; ls -A"))
                .out();
    }

    private BeforeImage lookAtSource() {
        return crontabs.lookAtCrontabs(new Look<>(migration, "remove-crontabs", REMOVE));
    }

    private BeforeImage lookAtTarget() {
        return crontabs.lookAtCrontabs(new Look<>(migration, "install-crontabs", INSTALL));
    }

    private String removeFromSource() {
        return crontabs.removeCrontabs(new Act<>(migration, "remove-crontabs", REMOVE, BeforeImage.NOTHING))
                .summary();
    }

    private String installOnTarget() {
        return crontabs.installCrontabs(new Act<>(migration, "install-crontabs", INSTALL, BeforeImage.NOTHING))
                .summary();
    }

    private void restoreSource(BeforeImage before) {
        crontabs.restoreCrontabs(new Undo<>(migration, "remove-crontabs", REMOVE, before));
    }

    private void restoreTarget(BeforeImage before) {
        crontabs.restoreCrontabs(new Undo<>(migration, "install-crontabs", INSTALL, before));
    }

    @Test
    void shouldMoveACrontabTwiceAndBackAgain() {
        String found = spool(source);
        BeforeImage ofSource = lookAtSource();
        BeforeImage ofTarget = lookAtTarget();

        assertThat(removeFromSource()).contains("took the crontabs of crontest");
        assertThat(removeFromSource()).contains("no crontab");
        assertThat(list(source)).isEmpty();

        assertThat(installOnTarget()).contains("installed");
        String installed = spool(target);
        assertThat(installOnTarget()).contains("already");
        assertThat(spool(target)).isEqualTo(installed);
        assertThat(list(target)).isEqualTo(JOBS);

        for (int time = 0; time < 2; time++) {
            restoreTarget(ofTarget);
            assertThat(list(target)).isEmpty();
            restoreSource(ofSource);
            assertThat(spool(source)).isEqualTo(found);
        }
    }

    @Test
    void shouldLetCronNoticeWhatWasPutBack() {
        BeforeImage before = lookAtSource();
        removeFromSource();
        String time = "stat -c %Y /var/spool/cron/crontabs";
        source.output(Script.of("touch -d 2001-01-01 /var/spool/cron/crontabs"));
        restoreSource(before);
        assertThat(Long.parseLong(source.output(Script.of(time)).strip())).isGreaterThan(1_000_000_000L);
    }

    @Test
    void shouldNotTouchWhatItNeverChanged() {
        BeforeImage ofSource = lookAtSource();
        BeforeImage ofTarget = lookAtTarget();
        source.output(Script.of("crontab -u crontest -").withInput("@hourly edited\n"));
        target.output(Script.of("crontab -u crontest -").withInput("@hourly own\n"));
        restoreSource(ofSource);
        restoreTarget(ofTarget);
        assertThat(list(source)).isEqualTo("@hourly edited\n");
        assertThat(list(target)).isEqualTo("@hourly own\n");
    }

    @Test
    void shouldNotOverwriteACrontabThatSomebodyMadeOnTheSourceSince() {
        String found = spool(source);
        BeforeImage before = lookAtSource();
        removeFromSource();
        source.output(Script.of("crontab -u crontest -").withInput("@hourly new\n"));

        assertThatActivityThrownBy(this::removeFromSource)
                .as("another attempt of the step")
                .hasMessageContaining("somebody has written /var/spool/cron/crontabs/crontest since");
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatActivityThrownBy(() -> restoreSource(before))
                    .hasMessageContaining("SPEC_MISMATCH")
                    .hasMessageContaining("somebody has written /var/spool/cron/crontabs/crontest since");
        }
        assertThat(list(source)).isEqualTo("@hourly new\n");

        source.output(Script.of("crontab -u crontest -r"));
        restoreSource(before);
        assertThat(spool(source)).isEqualTo(found);
    }

    @Test
    void shouldNotTakeBackACrontabThatSomebodyChangedOnTheTargetSince() {
        BeforeImage before = lookAtTarget();
        removeFromSource();
        installOnTarget();
        target.output(Script.of("(crontab -u crontest -l; echo @hourly new) | crontab -u crontest -"));

        assertThatActivityThrownBy(this::installOnTarget)
                .as("another attempt of the step")
                .hasMessageContaining("SPEC_MISMATCH");
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatActivityThrownBy(() -> restoreTarget(before))
                    .hasMessageContaining("SPEC_MISMATCH")
                    .hasMessageContaining("somebody has written /var/spool/cron/crontabs/crontest since");
        }
        assertThat(list(target)).isEqualTo(JOBS + "@hourly new\n");

        target.output(Script.of("crontab -u crontest -r"));
        restoreTarget(before);
        assertThat(list(target)).isEmpty();
    }

    @Test
    void shouldLeaveACrontabThatSomebodyChangesAfterTheUndo() {
        BeforeImage before = lookAtSource();
        removeFromSource();
        restoreSource(before);
        source.output(Script.of("crontab -u crontest -").withInput("@hourly edited\n"));
        restoreSource(before);
        assertThat(list(source)).isEqualTo("@hourly edited\n");
    }

    @Test
    void shouldKeepAnEditBetweenLookAndAct() {
        BeforeImage before = lookAtSource();
        source.output(Script.of("crontab -u crontest -").withInput("@hourly edited\n"));
        removeFromSource();
        restoreSource(before);
        assertThat(list(source)).isEqualTo("@hourly edited\n");
    }

    @Test
    void shouldNotReplaceACrontabThatCameToTheTargetSinceThePreflight() {
        target.output(Script.of("crontab -u crontest -").withInput("@hourly own\n"));
        assertThatActivityThrownBy(this::lookAtTarget)
                .hasMessageContaining("SPEC_MISMATCH")
                .hasMessageContaining("its jobs would run nowhere");
        assertThat(list(target)).isEqualTo("@hourly own\n");
    }

    @Test
    void shouldNotReplaceACrontabThatCameToTheTargetAfterTheLook() {
        lookAtSource();
        BeforeImage before = lookAtTarget();
        target.output(Script.of("crontab -u crontest -").withInput("@hourly own\n"));
        removeFromSource();
        assertThatActivityThrownBy(this::installOnTarget)
                .hasMessageContaining("SPEC_MISMATCH")
                .hasMessageContaining("/crontest on new.");
        restoreTarget(before);
        assertThat(list(target)).isEqualTo("@hourly own\n");
    }

    @Test
    void shouldNotInstallWhileTheSourceHasIt() {
        assertThatActivityThrownBy(this::installOnTarget)
                .hasMessageContaining("COMMAND_FAILED")
                .hasMessageContaining("still on the source");
        assertThat(list(target)).isEmpty();
    }

    @Test
    void shouldWaitForWhatCronHasStarted() {
        // Below cron, as a job is, and apart from every parent, as one is that goes into the background.
        source.output(Script.of("""
                cat >/run/crontest <<'JOB'
                #!/bin/sh
                until [ -e /run/crontest.go ]; do sleep 0.1; done
                JOB
                chmod 755 /run/crontest
                group=$(systemctl show -P ControlGroup cron)
                runuser -u crontest -- setsid -f /bin/sh /run/crontest 'a secret' >/dev/null 2>&1
                # Both layouts of cgroups (systemd manual, "Control Group APIs").
                for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd; do
                  [ -e "$tree$group/cgroup.procs" ] || continue
                  for pid in $(pgrep -u crontest); do echo "$pid" >"$tree$group/cgroup.procs"; done
                done
                """));
        try (ActivityStubs impatient = new ActivityStubs()) {
            Crontabs hasty = impatient.stub(Crontabs.class, new UserCrontabs(lab.servers(), Duration.ofSeconds(1)));
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatActivityThrownBy(() -> hasty.removeCrontabs(
                                new Act<>(migration, "remove-crontabs", REMOVE, BeforeImage.NOTHING)))
                        .as("attempt %d", attempt)
                        .hasMessageContaining("COMMAND_FAILED")
                        .hasMessageContaining("crontest /bin/sh /run/crontest")
                        .hasMessageNotContaining("secret");
            }
        }
        assertThat(list(source)).isEmpty();
        source.output(Script.of("touch /run/crontest.go"));
        removeFromSource();
        assertThat(source.run(Script.of("pgrep -u crontest")).ok()).isFalse();
    }

    @Test
    void shouldWaitForAJobOfCrons() {
        source.output(Script.of("""
                printf '#!/bin/sh\\ntouch /tmp/crontest.began\\nexec sleep 3\\n' >/run/crontest
                chmod 755 /run/crontest
                echo '* * * * * /run/crontest' | crontab -u crontest -
                until [ -e /tmp/crontest.began ]; do sleep 0.2; done
                """));
        removeFromSource();
        assertThat(source.run(Script.of("pgrep -u crontest")).ok()).isFalse();
    }

    @Test
    void shouldLoseNoCrontabThatCameAfterTheLook() {
        source.output(Script.of("crontab -u crontest -r"));
        BeforeImage nothing = lookAtSource();
        source.output(Script.of("crontab -u crontest -").withInput(JOBS));
        String found = spool(source);
        removeFromSource();
        assertThat(list(source)).isEmpty();
        restoreSource(nothing);
        assertThat(spool(source)).as("taken after the look").isEqualTo(found);
    }

    @Test
    void shouldLeaveACrontabThatCameWhenThereWasNoneToTake() {
        source.output(Script.of("crontab -u crontest -r"));
        BeforeImage nothing = lookAtSource();
        removeFromSource();
        source.output(Script.of("crontab -u crontest -").withInput(JOBS));
        restoreSource(nothing);
        assertThat(list(source)).isEqualTo(JOBS);
    }

    /** Else it would meet those of the source, whose crontab is put back next. */
    @Test
    void shouldWaitOnTheTargetForAJobOfTheCrontabThatItTakesBack() {
        BeforeImage before = lookAtTarget();
        source.output(Script.of("echo '* * * * * /run/crontest' | crontab -u crontest -"));
        removeFromSource();
        target.output(Script.of("""
                printf '#!/bin/sh\\ntouch /tmp/crontest.began\\nexec sleep 3\\n' >/run/crontest
                chmod 755 /run/crontest
                """));
        installOnTarget();
        target.output(Script.of("until [ -e /tmp/crontest.began ]; do sleep 0.2; done"));
        restoreTarget(before);
        assertThat(target.run(Script.of("pgrep -u crontest")).ok()).isFalse();
        assertThat(list(target)).isEmpty();
    }

    @Test
    void shouldReportAMissingUserAndAFalseName() {
        lookAtSource();
        removeFromSource();
        target.output(Script.of("userdel crontest"));
        assertThatActivityThrownBy(this::installOnTarget)
                .hasMessageContaining("SPEC_MISMATCH")
                .hasMessageContaining("no user crontest");
        assertThatActivityThrownBy(() -> crontabs.removeCrontabs(new Act<>(
                        migration, "x", new RemoveCrontabs(List.of("../../etc/passwd")), BeforeImage.NOTHING)))
                .hasMessageContaining("SPEC_MISMATCH");
    }
}
