package dev.godwit.activities.host;

import static dev.godwit.activities.host.SshServerTest.awaitTrue;
import static dev.godwit.activities.host.SshServerTest.isFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.step.FailureType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("lab")
@ResourceLock(LabServers.RESOURCE)
class SystemdJobsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static LabServers lab;
    private final Jobs jobs = new SystemdJobs();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final JobKey key = new JobKey("jobs-test", "copy.shop");
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
    void open() {
        server = lab.open("old");
        jobs.remove(server, key);
        server.output(Script.of("rm -f /root/jobs-test-runs"));
    }

    @AfterEach
    void shouldLeaveNothing() {
        jobs.remove(server, key);
        assertThat(server.output(Script.of(
                        "ls -d /var/lib/godwit/jobs-test 2>/dev/null; systemctl list-units --all --no-legend 'godwit-jobs-test*'"
                                + "; rm -f /root/jobs-test-runs")))
                .isEmpty();
    }

    private String run(String script, String... arguments) {
        return jobs.run(server, key, new Job(script, List.of(arguments), Map.of(), MINUTE), lines::add);
    }

    private List<String> words() {
        return lines.stream().filter(line -> !line.isEmpty()).toList();
    }

    private String runs() {
        return server.run(Script.of("cat /root/jobs-test-runs")).out();
    }

    @Test
    void shouldRunOnceAndKeepItsOutput() {
        String nasty = "it's $HOME ${PATH} %i `id` \"\\";
        String script = "echo run >>/root/jobs-test-runs; echo \"$1\"; printf 'no end'";
        assertThat(run(script, nasty)).isEqualTo(nasty + "\nno end");
        assertThat(words()).containsExactly(nasty, "no end");
        lines.clear();
        assertThat(run(script, nasty)).isEqualTo(nasty + "\nno end");
        assertThat(words()).isEmpty();
        assertThat(runs()).isEqualTo("run\n");
    }

    @Test
    void shouldDeliverFilesByteForByte() {
        byte[] content = new byte[100_000];
        for (int index = 0; index < content.length; index++) {
            content[index] = (byte) index;
        }
        Job job = new Job(
                "sha256sum data | cut -c1-64; stat -c %a data; cat pass; ls",
                List.of(),
                Map.of("data", content, "pass", "hunter2".getBytes(StandardCharsets.UTF_8), "empty", new byte[0]),
                MINUTE);
        assertThat(jobs.run(server, key, job, lines::add))
                .startsWith(Sha256.of(content) + "\n600\nhunter2")
                .contains("empty\n");
        assertThat(server.output(Script.of("ls -ld /var/lib/godwit/jobs-test/jobs/copy.shop")))
                .startsWith("drwx------");
    }

    @Test
    void shouldHandOverLinesAsTheyComeAndSignsOfLife() {
        List<Long> signs = new CopyOnWriteArrayList<>();
        jobs.run(server, key, new Job("echo one; printf 'tw'; sleep 5; echo o", List.of(), Map.of(), MINUTE), line -> {
            signs.add(System.nanoTime());
            lines.add(line);
        });
        assertThat(words()).containsExactly("one", "two");
        for (int index = 1; index < signs.size(); index++) {
            assertThat(signs.get(index) - signs.get(index - 1)).isLessThan(TimeUnit.SECONDS.toNanos(2));
        }
    }

    @Test
    void shouldAttachAfterTheConnectionWasLost() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        String script = "echo run >>/root/jobs-test-runs; echo begun; sleep 4; echo done";
        SshServers own = new SshServers(lab.secrets());
        CompletableFuture<String> lost = CompletableFuture.supplyAsync(
                () -> jobs.run(own.open(lab.spec("old")), key, new Job(script, List.of(), Map.of(), MINUTE), line -> {
                    if (line.equals("begun")) {
                        running.countDown();
                    }
                }),
                Thread::startVirtualThread);
        running.await();
        own.close();
        assertThatThrownBy(() -> lost.get(5, TimeUnit.SECONDS))
                .cause()
                .satisfies(isFailure(FailureType.HOST_UNREACHABLE));
        assertThat(run(script)).isEqualTo("begun\ndone\n");
        assertThat(words()).containsExactly("done");
        assertThat(runs()).isEqualTo("run\n");
    }

    @Test
    void shouldStartOnceWhenTwoCallTogether() throws Exception {
        String script = "echo run >>/root/jobs-test-runs; sleep 1; echo done";
        List<CompletableFuture<String>> calls = new ArrayList<>();
        for (int call = 0; call < 5; call++) {
            calls.add(CompletableFuture.supplyAsync(() -> run(script), Thread::startVirtualThread));
        }
        for (CompletableFuture<String> call : calls) {
            assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo("done\n");
        }
        assertThat(runs()).isEqualTo("run\n");
    }

    @Test
    void shouldReportAFailureAndStartAgain() {
        String script = "echo run >>/root/jobs-test-runs; echo out; [ \"$(wc -l </root/jobs-test-runs)\" -ge 2 ]"
                + " || { echo broken >&2; exit 3; }";
        assertThatThrownBy(() -> run(script))
                .satisfies(isFailure(FailureType.COMMAND_FAILED))
                .hasMessageContaining("exit status 3: broken");
        assertThat(run(script)).isEqualTo("out\n");
        assertThat(runs()).isEqualTo("run\nrun\n");
    }

    /** What a person has given up is not tried again, so nobody else would remove its unit. */
    @Test
    void shouldLeaveNoFailedUnitBehind() {
        assertThatThrownBy(() -> run("exit 3")).satisfies(isFailure(FailureType.COMMAND_FAILED));
        awaitTrue(() -> server.output(Script.of("systemctl list-units --all --no-legend 'godwit-jobs-test*'"))
                .isEmpty());
        assertThat(server.output(Script.of("cat /var/lib/godwit/jobs-test/jobs/copy.shop/exit")))
                .isEqualTo("exit-code exited 3\n");
    }

    @Test
    void shouldNameAFullDiskAndAMissingTool() {
        assertThatThrownBy(() -> run("seq 9 | tee /dev/full")).satisfies(isFailure(FailureType.DISK_FULL));
        assertThatThrownBy(() -> run("no-such-tool")).satisfies(isFailure(FailureType.TOOL_MISSING));
    }

    @Test
    void shouldStopWhatTakesTooLong() {
        Job job = new Job("sleep 300 & sleep 300", List.of(), Map.of(), Duration.ofSeconds(1));
        assertThatThrownBy(() -> jobs.run(server, key, job, lines::add))
                .satisfies(isFailure(FailureType.COMMAND_FAILED))
                .hasMessageContaining("within 1s");
        assertThat(server.run(Script.of("pgrep -fx 'sleep 300'")).out()).isEmpty();
    }

    @Test
    void shouldStartAgainWhatWasKilled() {
        String script = "echo run >>/root/jobs-test-runs; [ \"$(wc -l </root/jobs-test-runs)\" -ge 2 ] || kill -9 $$";
        assertThatThrownBy(() -> run(script))
                .satisfies(isFailure(FailureType.COMMAND_FAILED))
                .hasMessageContaining("killed");
        run(script);
        assertThat(runs()).isEqualTo("run\nrun\n");
    }

    @Test
    void shouldStartAgainWhatWasLostWithItsServer() {
        String script = "echo run >>/root/jobs-test-runs";
        run(script);
        // What a power loss leaves: the folder, no unit, no note of the end.
        server.output(Script.of("rm /var/lib/godwit/jobs-test/jobs/copy.shop/exit"));
        run(script);
        assertThat(runs()).isEqualTo("run\nrun\n");
    }

    @Test
    void shouldStopAndRemoveTwice() {
        CompletableFuture<String> call = CompletableFuture.supplyAsync(
                () -> run("trap '' TERM; echo begun; (trap '' TERM; sleep 301) & sleep 301; sleep 301"),
                Thread::startVirtualThread);
        awaitTrue(() -> words().contains("begun"));
        jobs.remove(server, key);
        assertThat(server.run(Script.of("pgrep -fx 'sleep 301'")).out()).isEmpty();
        jobs.remove(server, key);
        assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void shouldGiveTheEndOfALongOutput() {
        // Lines of 100 bytes.
        String out = run("seq -f %099.0f 1 20000");
        assertThat(out).hasSize(1024 * 1024).endsWith("19999\n" + "0".repeat(94) + "20000\n");
        assertThat(words()).hasSize(20_000);
    }

    @Test
    void shouldLeaveTheJobRunningWhenTheCallerGivesUp() {
        String script = "echo run >>/root/jobs-test-runs; echo begun; sleep 2; echo done";
        assertThatThrownBy(() -> jobs.run(server, key, new Job(script, List.of(), Map.of(), MINUTE), line -> {
                    throw new IllegalStateException("cancelled");
                }))
                .hasMessage("cancelled");
        assertThat(run(script)).isEqualTo("begun\ndone\n");
        assertThat(runs()).isEqualTo("run\n");
    }
}
