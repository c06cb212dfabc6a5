package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.workflows.migration.StepState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What Godwit does on real servers, asked of the servers and of a client outside. There is one lab on a machine, so one
 * scenario runs at a time; one that finds a lab that somebody has left fails, because skipping would look like passing.
 */
@Tag("lab")
@Execution(ExecutionMode.SAME_THREAD)
class ScenarioTest {
    private static final String FIRST_COPY = "copy-database-first-shop";
    private static final String FINAL_COPY = "copy-database-final-shop";

    private final Terminal terminal = Terminal.plain(System.out);

    @BeforeEach
    void needRoot() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")),
                "skipped: whole servers are booted in namespaces, and that needs root");
    }

    @Test
    void shouldMoveLiveSiteCompletely() throws Exception {
        try (LabSession session = open(Rows.SMALL, null)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            mover.start();
            mover.approve();
            assertMoved(session, mover, before);
        }
    }

    @Test
    void shouldLeaveSourceAsItWasWhenCutoverFailsInTheMiddle() throws Exception {
        String step = "verify-database-shop";
        try (LabSession session = open(Rows.SMALL, step)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            PlanView plan = mover.plan();
            mover.start();
            MigrationView end = mover.rollBackWhenItFails(step, plan);
            assertPassed(end, new RollBackAudit(session, before, end, step).checks());
        }
    }

    @Test
    void shouldGoOnWithTheSameDumpWhenAllOfGodwitIsKilledInTheMiddleOfIt() throws Exception {
        try (LabSession session = open(Rows.FULL, null)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            mover.start();
            mover.follow(ScenarioTest::hasCopiedSome);
            session.killGodwit();
            assertThat(unitsOf(session, FIRST_COPY))
                    .as("the copy goes on without Godwit")
                    .isEqualTo(1);
            session.startGodwitAgain();

            mover.approve();
            assertMoved(session, mover, before);
            // Who counts is the target's systemd, which starts each dump and its restore as one unit.
            assertThat(startsOf(session, FIRST_COPY))
                    .as("starts of the first copy")
                    .isEqualTo(1);
            assertThat(startsOf(session, FINAL_COPY))
                    .as("starts of the final copy")
                    .isEqualTo(1);
        }
    }

    private LabSession open(Rows rows, @Nullable String failAt) throws Exception {
        LabLock lock = LabLock.take(terminal);
        if (new LabHost().isThere()) {
            lock.close();
            throw new AssertionError(
                    "a lab is up that nobody's demo or test uses; look at it, then take it down: ./godwit lab down");
        }
        try {
            return LabSession.open(terminal, lock, rows, failAt);
        } catch (LabException e) {
            return e.exitCode() == ExitCode.MACHINE
                    ? abort("skipped: this machine cannot hold the lab: " + e.getMessage())
                    : fail(e);
        }
    }

    private static LabSession fail(LabException e) {
        throw e;
    }

    private void assertMoved(LabSession session, Mover mover, Ground before) throws Exception {
        mover.soak(Duration.ofSeconds(5));
        MigrationView end = mover.finish();
        assertPassed(end, new MoveAudit(session, before, mover.trafficBegan(), end).checks());
    }

    private void assertPassed(MigrationView end, List<Check> checks) {
        new Report(terminal).of(end, checks);
        assertThat(checks).isNotEmpty().allMatch(Check::passed);
    }

    private static boolean hasCopiedSome(MigrationView view) {
        return view.steps().stream()
                .filter(step -> step.id().equals(FIRST_COPY) && step.state() == StepState.RUNNING)
                .map(step -> step.activity() == null ? null : step.activity().doneBytes())
                .anyMatch(bytes -> bytes != null && bytes > 0);
    }

    private static long unitsOf(LabSession session, String step) {
        return session.lab()
                .shell("new", "systemctl list-units --no-legend --plain --state=active 'godwit-*'")
                .lines()
                .filter(line -> line.contains("-" + step + "-"))
                .count();
    }

    private static long startsOf(LabSession session, String step) {
        return session.lab()
                .shell("new", "journalctl --quiet --no-pager --output=cat _PID=1 JOB_TYPE=start JOB_RESULT=done")
                .lines()
                .filter(line -> line.startsWith("Started ") && line.contains("-" + step + "-"))
                .count();
    }
}
