package dev.godwit.activities.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.LabServers;
import dev.godwit.activities.host.Reply;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.activities.host.SystemdJobs;
import dev.godwit.activities.link.Link;
import dev.godwit.activities.link.SshHostLink;
import dev.godwit.workflows.files.FileStep.CopyFiles;
import dev.godwit.workflows.files.FileSync;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ActivityFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Between two whole Debian systems, with jobs of systemd's. */
@Tag("lab")
@ResourceLock(LabServers.RESOURCE)
class FileSyncLabTest {
    private static final String FOLDER = "/srv/godwit-files-test";
    private static final FileTree TREE = new FileTree(FOLDER + "/uploads", List.of("tmp/"));

    private LabServers lab;
    private MigrationContext migration;
    private SshHostLink link;
    private final ActivityStubs stubs = new ActivityStubs();
    /** One environment carries out one activity at a time. */
    private final ActivityStubs another = new ActivityStubs();

    private FileSync files;
    private FileSync others;
    private Server source;
    private Server target;
    private List<String> before = List.of();

    @BeforeEach
    void boot() {
        lab = LabServers.find();
        migration = lab.migration("files-lab-test");
        source = lab.open("old");
        target = lab.open("new");
        link = new SshHostLink(lab.servers());
        files = stubs.stub(FileSync.class, new RsyncFileSync(lab.servers(), new SystemdJobs()));
        others = another.stub(FileSync.class, new RsyncFileSync(lab.servers(), new SystemdJobs()));
        link.cleanUp(act(new CleanUp()));
        removeFolders();
        before = List.of(look(source), look(target));
        link.linkHosts(act(new LinkHosts()));
    }

    @AfterEach
    void close() {
        stubs.close();
        another.close();
        if (!before.isEmpty()) {
            link.cleanUp(act(new CleanUp()));
            removeFolders();
            assertThat(List.of(look(source), look(target))).isEqualTo(before);
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void shouldAcceptTheKeyFromTheTargetOnly() {
        List<String> ping = new ArrayList<>(Link.sshCommand(migration.id(), migration.source()));
        ping.addAll(List.of("godwit-run", "ping"));
        assertThat(target.run(new Script("exec \"$@\"", ping, null)).ok()).isTrue();

        // Somebody carries the key away: from another address it opens nothing.
        for (String file : List.of("id", "known_hosts")) {
            String path = Link.folder(migration.id()) + "/" + file;
            source.write(path, target.read(path).orElseThrow(), 0600);
        }
        Reply reply = source.run(new Script("exec \"$@\"", ping, null));
        assertThat(reply.exitCode()).isEqualTo(255);
        assertThat(reply.err()).contains("Permission denied");
    }

    @Test
    void shouldStopACopyThatIsUnderWayOnUndo() {
        source.output(Script.of("mkdir -p \"$1/uploads\"; truncate -s 4G \"$1/uploads/large\"", FOLDER));
        BeforeImage image = files.lookAtCopy(new Look<>(migration, "first", new CopyFiles(TREE, Pass.FIRST)));
        CompletableFuture<Void> copy = started(() -> copy(Pass.FIRST, image));
        String unit = StateFolder.unit(new SyncedTree(migration, TREE).job("first"));
        target.output(Script.of("""
                timeout 60 sh -c 'until systemctl kill --signal=STOP "$1" 2>/dev/null; do sleep 0.05; done' sh "$1"
                """, unit));
        others.removeCopy(new Undo<>(migration, "first", new CopyFiles(TREE, Pass.FIRST), image));

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(copy::join)
                .withCauseInstanceOf(ActivityFailure.class);
        assertThat(target.run(Script.of("systemctl is-active -q \"$1\"", unit)).ok())
                .isFalse();
        assertThat(target.output(Script.of("ls -d \"$1\" 2>&1 || :", FOLDER))).contains("No such file");
    }

    @Test
    void shouldStopJobsInTheCleanUpAndNotThoseOfOthers() {
        SystemdJobs jobs = new SystemdJobs();
        JobKey mine = new JobKey(migration.id(), "sleep");
        JobKey others = new JobKey(migration.id() + "-2", "sleep");
        Job job = new Job("sleep 300", List.of(), Map.of(), Duration.ofMinutes(6));
        CompletableFuture<Void> first = started(() -> jobs.run(target, mine, job, line -> {}));
        CompletableFuture<Void> second = started(() -> jobs.run(target, others, job, line -> {}));
        String units = "systemctl list-units --plain --no-legend 'godwit-files-lab-test-*' | grep -c running || :";
        awaitOutput(units, "2");
        link.cleanUp(act(new CleanUp()));

        assertThat(target.output(Script.of(units)).strip()).isEqualTo("1");
        jobs.remove(target, others);
        assertThatExceptionOfType(CompletionException.class).isThrownBy(first::join);
        assertThatExceptionOfType(CompletionException.class).isThrownBy(second::join);
    }

    private void copy(Pass pass, BeforeImage image) {
        files.copyFiles(new Act<>(migration, pass.name(), new CopyFiles(TREE, pass), image));
    }

    private <S extends Step> Act<S> act(S step) {
        return new Act<>(migration, "step", step, BeforeImage.NOTHING);
    }

    private static CompletableFuture<Void> started(Runnable work) {
        return CompletableFuture.runAsync(work, Thread::startVirtualThread);
    }

    private void awaitOutput(String script, String expected) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!target.output(Script.of(script)).strip().equals(expected)) {
            assertThat(System.nanoTime()).as(script).isLessThan(deadline);
        }
    }

    private void removeFolders() {
        for (Server server : List.of(source, target)) {
            server.output(Script.of("rm -rf \"$1\"", FOLDER));
        }
    }

    /** What a migration leaves when it leaves something. */
    private static String look(Server server) {
        return server.output(Script.of("""
                sha256sum /root/.ssh/authorized_keys; stat -c '%a %u %g %Y' /root/.ssh/authorized_keys
                ls -d /var/lib/godwit/files-lab-test /srv/godwit-files-test 2>&1 || :
                pgrep -fc 'files-lab-tes[t].*godwit-source' || :
                """));
    }
}
