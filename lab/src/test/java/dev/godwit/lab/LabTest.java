package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import dev.godwit.workflows.migration.StepState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A test between whole servers. There is one lab on a machine, so one scenario runs at a time; one that finds a lab that
 * somebody has left fails, because skipping would look like passing.
 */
@Tag("lab")
@Execution(ExecutionMode.SAME_THREAD)
abstract class LabTest {
    /** The record's TTL where its wait is not what is looked at. */
    static final Duration SHORT_TTL = Duration.ofSeconds(6);

    static final String FIRST_COPY = "copy-database-first-shop";
    static final String FINAL_COPY = "copy-database-final-shop";

    /** The longest way to a breakpoint: over the wait for a TTL. */
    private static final Duration REACHED = Duration.ofMinutes(10);

    private static final Duration LOOK = Duration.ofMillis(3);
    private static final Duration STATUS = Duration.ofMillis(300);

    final Terminal terminal = Terminal.plain(System.out);

    @BeforeEach
    void needRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: whole servers are booted in namespaces, and that needs root");
    }

    LabSession open(Rows rows) throws Exception {
        return open(rows, Map.of());
    }

    LabSession open(Rows rows, Map<String, String> settings) throws Exception {
        return open(rows, SHORT_TTL, settings);
    }

    /**
     * Boots a fresh lab.
     *
     * @param ttl of the service's record
     * @param settings of Godwit beyond those that the lab needs, by name
     */
    LabSession open(Rows rows, Duration ttl, Map<String, String> settings) throws Exception {
        LabLock lock = LabLock.take(terminal);
        if (new LabHost().isThere()) {
            lock.close();
            throw new AssertionError(
                    "a lab is up that nobody's demo or test uses; look at it, then take it down: ./godwit lab down");
        }
        try {
            return LabSession.open(terminal, lock, rows, ttl, settings);
        } catch (LabException e) {
            return e.exitCode() == ExitCode.MACHINE
                    ? abort("skipped: this machine cannot hold the lab: " + e.getMessage())
                    : fail(e);
        }
    }

    private static LabSession fail(LabException e) {
        throw e;
    }

    /** Lets a migration that was approved end, and asks everything that must be true then. */
    MigrationView assertMoved(LabSession session, Mover mover, Ground before) throws Exception {
        mover.soak(Duration.ofSeconds(5));
        MigrationView end = mover.finish();
        assertPassed(end, new MoveAudit(session, before, mover.trafficBegan(), end).checks());
        return end;
    }

    /**
     * Waits until a migration is at a breakpoint, and approves its plan on the way.
     *
     * @return the state of its step; {@code WAITING} if it is a gate, which has no act to stop in; {@code DONE} if it
     *     was one, and too short
     */
    static StepState await(Mover mover, Breakpoints breakpoints, Breakpoint point)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + REACHED.toNanos();
        while (System.nanoTime() < deadline) {
            if (Await.until(STATUS, LOOK, () -> breakpoints.isReached(point))) {
                return StepState.RUNNING;
            }
            MigrationView now = mover.status();
            StepState state = stateOf(now, point.step());
            if (state == StepState.WAITING || state == StepState.DONE) {
                return state;
            }
            assertThat(now.outcome()).as("outcome before %s: %s", point, now).isNull();
            mover.approveIfAsked();
        }
        throw new AssertionError(
                "Expected the migration to come to " + point + " within " + REACHED + ", but found " + mover.status());
    }

    private static StepState stateOf(MigrationView view, String step) {
        return view.steps().stream()
                .filter(each -> each.id().equals(step))
                .map(StepView::state)
                .findFirst()
                .orElse(StepState.PENDING);
    }

    static boolean hasCopiedSome(MigrationView view) {
        return view.steps().stream()
                .filter(step -> step.id().equals(FIRST_COPY) && step.state() == StepState.RUNNING)
                .map(step -> step.activity() == null ? null : step.activity().doneBytes())
                .anyMatch(bytes -> bytes != null && bytes > 0);
    }

    /** Who counts is the target's systemd, which starts each dump and its restore as one unit. */
    static void assertOneDumpForEachCopy(LabSession session) {
        assertThat(startsOf(session, FIRST_COPY)).as("starts of the first copy").isEqualTo(1);
        assertThat(startsOf(session, FINAL_COPY)).as("starts of the final copy").isEqualTo(1);
    }

    /**
     * Records the history of a migration that has ended, once for a version, when told where to write:
     * {@code -Dgodwit.record.to=FOLDER -Dgodwit.record.version=0.1.0}. Recorded histories are never made again.
     *
     * @param way of ending, the file's name
     */
    static void record(LabSession session, MigrationView end, String way) throws IOException, InterruptedException {
        String folder = System.getProperty("godwit.record.to");
        if (folder != null) {
            String history = session.api()
                    .call("GET", "/migrations/" + end.id() + "/history?format=temporal", null, "")
                    .body()
                    // It names this machine.
                    .replaceAll("godwit-[0-9]+@[A-Za-z0-9.-]+", "worker");
            Files.writeString(
                    Path.of(folder, System.getProperty("godwit.record.version") + "-" + way + ".json"), history);
        }
    }

    void assertPassed(MigrationView end, List<Check> checks) {
        new Report(terminal).of(end, checks);
        assertThat(checks).isNotEmpty().allMatch(Check::passed);
    }

    /** How many of Godwit's jobs for a copy of a database run on the target. */
    static long unitsOf(LabSession session, String step) {
        return session.lab()
                .shell("new", "systemctl list-units --no-legend --plain --state=active 'godwit-*'")
                .lines()
                .filter(line -> isCopy(line, step))
                .count();
    }

    private static long startsOf(LabSession session, String step) {
        return session.lab()
                .shell("new", "journalctl --quiet --no-pager --output=cat _PID=1 JOB_TYPE=start JOB_RESULT=done")
                .lines()
                .filter(line -> line.startsWith("Started ") && isCopy(line, step))
                .count();
    }

    /** The unit of a database's copy is named by the database and the pass, whatever the step is called. */
    private static boolean isCopy(String line, String step) {
        String pass = step.startsWith("copy-database-first-") ? "first" : "final";
        return line.matches(".*-database-[0-9a-f]+-" + pass + "-.*");
    }
}
