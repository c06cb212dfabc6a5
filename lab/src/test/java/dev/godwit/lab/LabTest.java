package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.api.migration.MigrationView;
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
    void assertMoved(LabSession session, Mover mover, Ground before) throws Exception {
        mover.soak(Duration.ofSeconds(5));
        MigrationView end = mover.finish();
        assertPassed(end, new MoveAudit(session, before, mover.trafficBegan(), end).checks());
    }

    void assertPassed(MigrationView end, List<Check> checks) {
        new Report(terminal).of(end, checks);
        assertThat(checks).isNotEmpty().allMatch(Check::passed);
    }

    /** How many of Godwit's jobs for a step run on the target. */
    static long unitsOf(LabSession session, String step) {
        return session.lab()
                .shell("new", "systemctl list-units --no-legend --plain --state=active 'godwit-*'")
                .lines()
                .filter(line -> line.contains("-" + step + "-"))
                .count();
    }

    /** How many of them were ever started, as the target's systemd counts. */
    static long startsOf(LabSession session, String step) {
        return session.lab()
                .shell("new", "journalctl --quiet --no-pager --output=cat _PID=1 JOB_TYPE=start JOB_RESULT=done")
                .lines()
                .filter(line -> line.startsWith("Started ") && line.contains("-" + step + "-"))
                .count();
    }
}
