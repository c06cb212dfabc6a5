package dev.godwit.activities.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.godwit.activities.ThisMachine;
import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.activities.link.InProcessJobs;
import dev.godwit.activities.link.SshHostLink;
import dev.godwit.activities.link.TwoServers;
import dev.godwit.workflows.files.FileStep.CopyFiles;
import dev.godwit.workflows.files.FileStep.VerifyFiles;
import dev.godwit.workflows.files.FileSync;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.files.InspectTrees;
import dev.godwit.workflows.files.TreeFacts;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(TwoServers.RESOURCE)
class RsyncFileSyncTest {
    /** Full of what a shell, rsync or its daemon's configuration would take for more than a name. */
    private static final String PATH =
            "/srv/shop/up loads'; touch pwned; '$(touch pwned)`touch pwned`\"*?[a-z]{b,c} %USER% #~ & > < \\ -e";

    private static final FileTree TREE = new FileTree(PATH, List.of("tmp/", "*.log", "# cache", "! mine"));

    private TwoServers servers;
    private InProcessJobs jobs;
    private SshHostLink link;
    private final ActivityStubs stubs = new ActivityStubs();
    private FileSync files;

    @BeforeEach
    void boot(@TempDir Path folder) throws IOException {
        servers = TwoServers.boot(folder);
        jobs = new InProcessJobs();
        link = new SshHostLink(servers.servers());
        files = stubs.stub(FileSync.class, new RsyncFileSync(servers.servers(), jobs));
        link.linkHosts(new Act<>(servers.migration(), "link-hosts", new LinkHosts(), BeforeImage.NOTHING));
    }

    @AfterEach
    void close() {
        stubs.close();
        if (servers != null) {
            servers.close();
        }
    }

    /** A folder with everything that is awkward to copy. */
    private void fill() throws IOException {
        ThisMachine.command("sh", "-c", """
                set -e
                mkdir -p "$1$2/deep/er" "$1$2/tmp"
                chown 1234:4321 "$1/srv/shop"
                chmod 750 "$1/srv/shop"
                cd "$1$2"
                printf one > 'with space'
                printf two > "$(printf 'new\\nline')"
                printf three > "quo'te\\"d"
                printf four > 'ünïcode'
                printf five > 'back\\\\slash\\\\#012'
                printf six > -rf
                printf seven > '# cache'
                printf eight > '! mine'
                printf 'not moved' > debug.log
                printf 'not moved' > tmp/session
                ln -s 'with space' link
                ln -s /etc/passwd outside
                ln 'with space' hard
                mkfifo pipe
                : > empty
                chown 1000:1001 empty
                chmod 4711 empty
                head -c 3000000 /dev/urandom > deep/er/large
                touch -d '2020-02-02 02:02:02.123456789' deep/er/large
                chmod 2770 deep
                """, "sh", servers.on(Side.SOURCE, "/").toString(), PATH);
    }

    @Test
    void shouldCopyWhatIsAwkwardToCopy() throws IOException {
        fill();
        BeforeImage before = look();
        Outcome outcome = copy(Pass.FIRST, before);

        assertThat(before)
                .isEqualTo(new SavedFiles(
                        List.of(new SavedFile(PATH, false, null), new SavedFile("/srv/shop", false, null))));
        assertThat(listing(Side.TARGET)).isEqualTo(listing(Side.SOURCE)).contains("ünïcode");
        assertThat(stat("/srv/shop")).isEqualTo("750 1234:4321");
        assertThat(stat(PATH + "/deep")).startsWith("2770");
        assertThat(servers.on(Side.TARGET, PATH + "/debug.log")).doesNotExist();
        assertThat(servers.on(Side.TARGET, PATH + "/tmp")).doesNotExist();
        assertThat(servers.on(Side.TARGET, PATH + "/# cache")).doesNotExist();
        assertThat(outcome.summary()).contains("15 entries");
        assertThat(outcome.summary()).containsPattern("of which 30000[0-9]{2} came in this pass");
        assertThat(verify().summary()).contains("is the same on both servers");
        assertThat(ThisMachine.command(
                        "find",
                        Path.of("").toAbsolutePath().toString(),
                        servers.on(Side.SOURCE, "/").toString(),
                        servers.on(Side.TARGET, "/").toString(),
                        "-name",
                        "pwned"))
                .isEmpty();
    }

    @Test
    void shouldNotRunASecondJobWhenAskedTwice() throws IOException {
        fill();
        BeforeImage before = look();
        copy(Pass.FIRST, before);
        int started = jobs.started().size();
        copy(Pass.FIRST, before);

        assertThat(jobs.started()).hasSize(started);
        assertThat(look()).isEqualTo(before);
    }

    @Test
    void shouldFollowTheSourceInLaterPasses() throws IOException {
        fill();
        copy(Pass.FIRST, look());
        Files.delete(servers.on(Side.SOURCE, PATH + "/with space"));
        Path file = servers.on(Side.SOURCE, PATH + "/deep/new");
        Instant second = Instant.parse("2024-04-04T04:04:04Z");
        Files.writeString(file, "new");
        Files.setLastModifiedTime(file, FileTime.from(second.plusMillis(100)));
        copy(Pass.LIVE, BeforeImage.NOTHING);
        assertThat(listing(Side.TARGET)).isEqualTo(listing(Side.SOURCE));
        // The same size within the same second: only the nanoseconds tell.
        Files.writeString(file, "NEW");
        Files.setLastModifiedTime(file, FileTime.from(second.plusMillis(200)));
        copy(Pass.FINAL, BeforeImage.NOTHING);

        assertThat(servers.on(Side.TARGET, PATH + "/deep/new")).hasContent("NEW");
        assertThat(verify().summary()).contains("is the same on both servers");
    }

    @Test
    void shouldFindOneCorruptByteWithTheSameSizeAndTime() throws IOException {
        fill();
        copy(Pass.FIRST, look());
        // Old enough for its checksum to be remembered: the change must be seen all the same.
        await(Duration.ofMillis(3100));
        copy(Pass.LIVE, BeforeImage.NOTHING);
        copy(Pass.FINAL, BeforeImage.NOTHING);
        Path file = servers.on(Side.TARGET, PATH + "/deep/er/large");
        FileTime time = Files.getLastModifiedTime(file);
        byte[] content = Files.readAllBytes(file);
        content[1_500_000] ^= 1;
        Files.write(file, content);
        Files.setLastModifiedTime(file, time);

        assertThat(failure(this::verify).getOriginalMessage())
                .contains("deep/er/large: content (sha256)")
                .doesNotContain("|");
        content[1_500_000] ^= 1;
        Files.write(file, content);
        Files.setLastModifiedTime(file, time);
        // Who mended it and asks again gets a new answer.
        assertThat(verify().summary()).contains("is the same on both servers");
    }

    @Test
    void shouldHashOnlyWhatChangedSinceTheLastPass() throws IOException {
        fill();
        copy(Pass.FIRST, look());
        // What changed less than two seconds before it was hashed is not remembered: its ctime could stay the same.
        assertThat(verify().summary()).contains("but for 9 on the source and 9 on the target");
        await(Duration.ofMillis(3100));
        copy(Pass.LIVE, BeforeImage.NOTHING);
        assertThat(verify().summary()).contains("but for 0 on the source and 0 on the target");
        Files.writeString(servers.on(Side.SOURCE, PATH + "/deep/new"), "new");
        copy(Pass.FINAL, BeforeImage.NOTHING);
        assertThat(verify().summary()).contains("but for 1 on the source and 1 on the target");
    }

    @Test
    void shouldNameWhatDiffers() throws IOException {
        fill();
        copy(Pass.FIRST, look());
        Files.writeString(servers.on(Side.TARGET, PATH + "/deep/foreign"), "x");
        Files.delete(servers.on(Side.TARGET, PATH + "/link"));
        ThisMachine.command(
                "chmod", "600", servers.on(Side.TARGET, PATH + "/-rf").toString());
        ThisMachine.command(
                "chown", "7:8", servers.on(Side.TARGET, PATH + "/new\nline").toString());

        ApplicationFailure failure = failure(this::verify);
        assertThat(failure.getType()).isEqualTo(FailureType.VERIFICATION_FAILED.name());
        assertThat(failure.getOriginalMessage())
                .contains("-rf: mode 644 on the source, 600 on the target")
                .contains("deep/foreign: only on the target")
                .contains("link: only on the source")
                .contains("new\\012line: uid 0 on the source, 7 on the target; gid 0 on the source, 8 on the target");
    }

    @Test
    void shouldRemoveTheCopyAndTheParentsItMade() throws IOException {
        fill();
        BeforeImage before = look();
        copy(Pass.FIRST, before);
        copy(Pass.LIVE, BeforeImage.NOTHING);
        undo(before);
        undo(before);

        assertThat(servers.on(Side.TARGET, "/srv")).isEmptyDirectory();
        assertThat(servers.on(Side.TARGET, "/var/lib/godwit/shop-1/files")).doesNotExist();
        assertThat(servers.on(Side.SOURCE, PATH + "/with space")).exists();
        link.cleanUp(new Act<>(servers.migration(), "clean-up", new CleanUp(), BeforeImage.NOTHING));
        assertThat(servers.on(Side.TARGET, "/var/lib")).isEmptyDirectory();
        assertThat(servers.on(Side.SOURCE, "/var/lib")).isEmptyDirectory();
    }

    @Test
    void shouldKeepAnEmptyFolderThatWasThereAsItWas() throws IOException {
        fill();
        Path found = servers.on(Side.TARGET, PATH);
        Files.createDirectories(found);
        ThisMachine.command("chmod", "1771", found.toString());
        ThisMachine.command("chown", "33:34", found.toString());
        ThisMachine.command("touch", "-d", "2021-01-01 01:01:01", found.toString());
        String as = ThisMachine.command("stat", "-c", "%a %u %g %Y", found.toString());
        BeforeImage before = look();
        copy(Pass.FIRST, before);
        assertThat(found).isNotEmptyDirectory();
        undo(before);
        undo(before);

        assertThat(before).isEqualTo(new SavedFiles(List.of(new SavedFile(PATH, true, null))));
        assertThat(found).isEmptyDirectory();
        assertThat(ThisMachine.command("stat", "-c", "%a %u %g %Y", found.toString()))
                .isEqualTo(as);
    }

    @Test
    void shouldKeepWhatSomebodyElsePutIntoAParent() throws IOException {
        fill();
        BeforeImage before = look();
        copy(Pass.FIRST, before);
        Files.writeString(servers.on(Side.TARGET, "/srv/shop/mine"), "mine");
        undo(before);

        assertThat(servers.on(Side.TARGET, "/srv/shop/mine")).hasContent("mine");
        assertThat(servers.on(Side.TARGET, PATH)).doesNotExist();
    }

    @Test
    void shouldRefuseForeignContent() throws IOException {
        fill();
        Files.createDirectories(servers.on(Side.TARGET, PATH));
        Files.writeString(servers.on(Side.TARGET, PATH + "/foreign"), "foreign");

        assertThat(failure(this::look).getType()).isEqualTo(FailureType.SPEC_MISMATCH.name());
        undo(new SavedFiles(List.of(new SavedFile(PATH, false, null))));
        assertThat(servers.on(Side.TARGET, PATH + "/foreign")).hasContent("foreign");
    }

    @Test
    void shouldRefuseForeignContentThatCameAfterTheLook() throws IOException {
        fill();
        BeforeImage before = look();
        Files.createDirectories(servers.on(Side.TARGET, PATH));
        Files.writeString(servers.on(Side.TARGET, PATH + "/foreign"), "foreign");

        assertThat(failure(() -> copy(Pass.FIRST, before)).getType()).isEqualTo(FailureType.SPEC_MISMATCH.name());
        undo(before);
        assertThat(servers.on(Side.TARGET, PATH + "/foreign")).hasContent("foreign");
    }

    @Test
    void shouldRefuseAFolderThatLeadsIntoTheSystem() throws IOException {
        Files.createDirectory(servers.on(Side.SOURCE, "/srv/shop"));
        Files.createSymbolicLink(servers.on(Side.SOURCE, PATH), Path.of("/etc"));
        BeforeImage before = look();

        assertThat(failure(() -> copy(Pass.FIRST, before)).getOriginalMessage())
                .contains("'/etc': it belongs to the system");
        assertThat(servers.on(Side.TARGET, PATH)).doesNotExist();
    }

    @Test
    void shouldTakeBackWhatABuildWithAnotherListHasCopied() {
        CopyFiles refused = new CopyFiles(new FileTree("/var/lib/mysql", List.of()), Pass.FIRST);

        assertThat(failure(() -> files.lookAtCopy(new Look<>(servers.migration(), "copy", refused)))
                        .getOriginalMessage())
                .contains("belongs to the system");
        assertThat(files.removeCopy(new Undo<>(servers.migration(), "copy", refused, BeforeImage.NOTHING))
                        .summary())
                .contains("no copy of /var/lib/mysql");
    }

    @Test
    void shouldSayWhatThePreflightFinds() throws IOException {
        fill();
        Files.createDirectories(servers.on(Side.SOURCE, "/srv/full"));
        Files.createDirectories(servers.on(Side.TARGET, "/srv/full/of"));
        Inspection<List<TreeFacts>> inspection = files.inspectTrees(asking(
                TREE,
                new FileTree("/srv/full", List.of()),
                new FileTree("/srv/none", List.of()),
                new FileTree("/var/lib/postgresql/15", List.of()),
                new FileTree(PATH + "/deep", List.of())));

        assertThat(inspection.findings())
                .extracting(Finding::severity, Finding::code, Finding::where)
                .containsExactlyInAnyOrder(
                        tuple(Finding.Severity.BLOCKER, "tree-not-empty", "/files/1"),
                        tuple(Finding.Severity.BLOCKER, "tree-missing", "/files/2"),
                        tuple(Finding.Severity.BLOCKER, "tree-path", "/files/3"),
                        tuple(Finding.Severity.BLOCKER, "tree-overlap", "/files/4"));
        assertThat(Objects.requireNonNull(inspection.facts()).getFirst().files())
                .isEqualTo(15);
        assertThat(Objects.requireNonNull(inspection.facts()).getFirst().bytes())
                .isBetween(3_000_000L, 3_000_200L);
    }

    @Test
    void shouldBlockWhenTheTargetHasTooLittleRoom() throws IOException {
        Files.createDirectories(servers.on(Side.SOURCE, "/srv/huge"));
        // A hole of eight terabytes, which takes no room here.
        ThisMachine.command(
                "truncate",
                "-s",
                "8T",
                servers.on(Side.SOURCE, "/srv/huge/hole").toString());
        Inspection<List<TreeFacts>> inspection = files.inspectTrees(asking(new FileTree("/srv/huge", List.of())));

        assertThat(inspection.findings()).extracting(Finding::code).containsExactly("disk-space");
    }

    @Test
    void shouldBlockOwnersThatAreOthersOnTheTarget() throws IOException {
        fill();
        account(Side.SOURCE, "shop", 1234, 4321);
        account(Side.SOURCE, "mill", 1000, 1001);
        account(Side.TARGET, "shop", 1235, 4321);
        account(Side.TARGET, "stranger", 1000, 1002);

        assertThat(files.inspectTrees(asking(new FileTree("/srv/shop", List.of())))
                        .findings())
                .satisfiesExactly(
                        finding -> {
                            assertThat(finding.severity()).isEqualTo(Finding.Severity.BLOCKER);
                            assertThat(finding.code()).isEqualTo("tree-owner");
                            assertThat(finding.message())
                                    .contains(
                                            "the user 1000 is mill on the source, stranger on the target",
                                            "the user shop is 1234 on the source, 1235 on the target");
                            assertThat(finding.hint()).contains("usermod -u 1234 shop");
                        },
                        finding -> {
                            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
                            assertThat(finding.code()).isEqualTo("tree-owner");
                            assertThat(finding.message()).contains("group mill (1001)");
                            assertThat(finding.hint()).contains("groupadd -g 1001 mill");
                        });
    }

    @Test
    void shouldNotHangOnAFolderThatTakesLongToMeasure() throws IOException {
        fill();

        Inspection<List<TreeFacts>> inspection =
                new TreeInspection(servers.servers(), Duration.ofMillis(1)).inspect(asking(TREE, TREE));

        assertThat(inspection.findings())
                .filteredOn(finding -> finding.code().equals("tree-size"))
                .hasSize(2)
                .allSatisfy(finding -> {
                    assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
                    assertThat(finding.message()).contains("not measured in full");
                });
        assertThat(Objects.requireNonNull(inspection.facts())).hasSize(2);
    }

    private void account(Side side, String name, int user, int group) throws IOException {
        for (String line : List.of(
                "passwd %s:x:%d:%d::/nonexistent:/bin/false".formatted(name, user, group),
                "group %s:x:%d:".formatted(name, group))) {
            String[] words = line.split(" ", 2);
            Path file = servers.on(side, "/etc/" + words[0]);
            String others = Files.readString(file)
                    .lines()
                    .filter(other -> !other.contains(":" + user + ":") && !other.contains(":" + group + ":"))
                    .collect(Collectors.joining("\n"));
            Files.writeString(file, others + "\n" + words[1] + "\n");
        }
    }

    /** Asked before the page is up: days may have gone by since the link was made. */
    @Test
    void shouldSayBeforeTheFinalPassThatTheLinkIsGone() throws IOException {
        Look<CopyFiles> look = new Look<>(servers.migration(), "copy-final", new CopyFiles(TREE, Pass.FINAL));
        assertThat(files.lookAtCopy(look)).isEqualTo(BeforeImage.NOTHING);
        Files.writeString(servers.on(Side.SOURCE, "/root/.ssh/authorized_keys"), "");
        assertThat(failure(() -> files.lookAtCopy(look))).hasMessageContaining("has taken Godwit's line out");
    }

    /** As one whose mount belongs to the service's unit: stopped with it, the folder below is empty. */
    @Test
    void shouldNotEmptyTheCopyOfAFolderThatIsNotMountedAnyMore() throws IOException {
        Server source = servers.servers().open(servers.migration().source());
        source.output(Script.of(
                "mkdir -p \"$1\"; mount -t tmpfs lab \"$1\"; echo one >\"$1/file\""
                        + "; mkdir \"$1/media\"; mount -t tmpfs lab \"$1/media\"",
                PATH));
        BeforeImage before = look();
        copy(Pass.FIRST, before);
        source.output(Script.of("umount \"$1/media\"", PATH));
        assertThat(failure(() -> copy(Pass.LIVE, before))).hasMessageContaining("mounted at " + PATH + "/media");
        source.output(Script.of("umount \"$1\"", PATH));

        assertThat(failure(() -> copy(Pass.FINAL, before))).hasMessageContaining("mounted at " + PATH);
        assertThat(servers.on(Side.TARGET, PATH + "/file")).hasContent("one");
        source.output(Script.of(
                "mount -t tmpfs lab \"$1\"; echo two >\"$1/file\"; mkdir \"$1/media\"; mount -t tmpfs lab \"$1/media\"",
                PATH));
        copy(Pass.FINAL, before);
        assertThat(servers.on(Side.TARGET, PATH + "/file")).hasContent("two");
    }

    /** Each would take the other's files back. */
    @Test
    void shouldNotCopyToAFolderThatAnotherMigrationCopiesTo() throws IOException {
        fill();
        MigrationContext mine = servers.migration();
        MigrationContext other = new MigrationContext("blog-1", "blog.example.org", mine.source(), mine.target());
        link.linkHosts(new Act<>(other, "link-hosts", new LinkHosts(), BeforeImage.NOTHING));
        CopyFiles step = new CopyFiles(TREE, Pass.FIRST);
        BeforeImage theirs = files.lookAtCopy(new Look<>(other, "copy", step));
        BeforeImage before = look();
        files.copyFiles(new Act<>(other, "copy", step, theirs));

        assertThat(failure(() -> copy(Pass.FIRST, before))).hasMessageContaining("/var/lib/godwit/blog-1/files/");
        undo(before);
        assertThat(servers.on(Side.TARGET, PATH + "/empty")).exists();
    }

    @Test
    void shouldTouchNoCopyOnceVisitorsAreSentThere() throws IOException {
        fill();
        BeforeImage before = look();
        copy(Pass.FIRST, before);
        Path note = servers.on(
                Side.SOURCE, StateFolder.forwarded(servers.migration().id()));
        Files.createDirectories(note.getParent());
        Files.createFile(note);

        assertThat(failure(() -> copy(Pass.FINAL, before))).hasMessageContaining("what they wrote is nowhere else");
        assertThat(failure(() -> undo(before))).hasMessageContaining("what they wrote is nowhere else");
        assertThat(servers.on(Side.TARGET, PATH)).isDirectory();
    }

    private InspectTrees asking(FileTree... trees) {
        return new InspectTrees(
                servers.migration().source(), servers.migration().target(), List.of(trees));
    }

    /** Until files that were written before are older than that. */
    private static void await(Duration age) {
        Instant end = Instant.now().plus(age);
        while (Instant.now().isBefore(end)) {
            LockSupport.parkNanos(Duration.between(Instant.now(), end).toNanos());
        }
    }

    private BeforeImage look() {
        return files.lookAtCopy(new Look<>(servers.migration(), "copy", new CopyFiles(TREE, Pass.FIRST)));
    }

    private Outcome copy(Pass pass, BeforeImage before) {
        return files.copyFiles(new Act<>(servers.migration(), "copy-" + pass, new CopyFiles(TREE, pass), before));
    }

    private void undo(BeforeImage before) {
        files.removeCopy(new Undo<>(servers.migration(), "copy", new CopyFiles(TREE, Pass.FIRST), before));
    }

    private Outcome verify() {
        return files.verifyFiles(new Act<>(servers.migration(), "verify", new VerifyFiles(TREE), BeforeImage.NOTHING));
    }

    private static ApplicationFailure failure(Runnable call) {
        List<ApplicationFailure> failures = new ArrayList<>();
        assertThatExceptionOfType(ActivityFailure.class)
                .isThrownBy(call::run)
                .satisfies(failure -> failures.add((ApplicationFailure) failure.getCause()));
        return failures.getFirst();
    }

    private String stat(String path) throws IOException {
        return ThisMachine.command(
                        "stat", "-c", "%a %u:%g", servers.on(Side.TARGET, path).toString())
                .strip();
    }

    /** Everything but the copy's own filter: found and printed by find, not by the code under test. */
    private String listing(Side side) throws IOException {
        return ThisMachine.command("sh", "-c", """
                cd "$1" && find . \\( -name tmp -o -name '*.log' -o -name '# cache' -o -name '! mine' \\) -prune -o \\
                    -printf '%P|%y|%m|%U|%G|%l|%T@|' \\( -type f -printf '%n|%s' -o -true \\) -printf '\\n' | LC_ALL=C sort
                """, "sh", servers.on(side, PATH).toString());
    }
}
