package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What must be true after a failure before the pivot: everything is as the record that was made before says. */
final class RollBackAudit {
    /** The check of the target; after a loss that was accepted it keeps the copies. */
    static final String SAME_TARGET = "new is what it was before";

    private static final Duration TRAFFIC_FLOWS = Duration.ofSeconds(30);
    /** At the beginning of each minute. */
    private static final Duration CRON_RUNS = Duration.ofSeconds(75);

    private static final Duration JOBS_DONE = Duration.ofSeconds(20);
    private static final long SOME_WRITES = 20;

    private final LabSession session;
    private final LabHost lab;
    private final Ground before;
    private final MigrationView end;
    private final String step;
    private final String why;

    /**
     * An audit.
     *
     * @param step that failed
     * @param why words that the reason of the end must hold
     */
    RollBackAudit(LabSession session, Ground before, MigrationView end, String step, String why) {
        this.session = session;
        this.lab = session.lab();
        this.before = before;
        this.end = end;
        this.step = step;
        this.why = why;
    }

    /** Lets the client go on for a while, stops it and asks. */
    List<Check> checks() throws InterruptedException {
        double ended = Outside.seconds(end.endedAt() == null ? Instant.now() : end.endedAt());
        Outside outside = new Outside(lab);
        Await.until(
                TRAFFIC_FLOWS,
                Duration.ofMillis(500),
                () -> outside.servedBy("old", ended, SOME_WRITES).passed());
        lab.stopTraffic();
        boolean idle = Await.until(
                JOBS_DONE,
                Duration.ofMillis(500),
                () -> lab.sql("old", "shop", Questions.PENDING_JOBS).strip().equals("0"));
        Await.until(CRON_RUNS, Duration.ofMillis(500), () -> !cronRuns(ended)[0].equals("0"));
        Ground after = Ground.record(session);
        List<Check> checks = new ArrayList<>();
        checks.add(rolledBack());
        checks.add(same("old is what it was before", before.source(), after.source()));
        checks.add(same(SAME_TARGET, before.target(), after.target()));
        checks.add(same("the zone is what it was before, at every name server", before.dns(), after.dns()));
        checks.addAll(outside.requests(end));
        checks.add(outside.writes());
        checks.add(outside.servedBy("old", ended, SOME_WRITES));
        checks.add(jobs(idle));
        checks.add(cron(ended));
        checks.add(outside.once("old", end.startedAt()));
        checks.add(Leftovers.check(before, after, Set.of()));
        return checks;
    }

    private Check rolledBack() {
        List<String> failed = end.steps().stream()
                .filter(each -> each.state() == StepState.UNDO_FAILED)
                .map(each -> each.id() + ": " + each.note())
                .toList();
        boolean there = end.steps().stream()
                .anyMatch(each -> each.id().equals(step)
                        && (each.state() == StepState.FAILED || each.state() == StepState.UNDONE));
        boolean reason = end.endReason() != null && end.endReason().contains(why);
        return new Check(
                "the migration failed at " + step + " and is rolled back",
                end.outcome() == End.ROLLED_BACK && failed.isEmpty() && there && reason,
                end.outcome() + ", " + end.endReason() + (failed.isEmpty() ? "" : "; not undone: " + failed));
    }

    private Check jobs(boolean idle) {
        String[] row = lab.sql("old", "shop", Questions.JOBS_BY_HOST.formatted("'" + end.startedAt() + "'"))
                .strip()
                .split("\t", -1);
        return new Check(
                "jobs ran on old only, and none is left",
                idle && !row[0].equals("0") && row[1].equals("0") && row[2].equals("0"),
                row[0] + " done by old, " + row[1] + " by new, " + row[2] + " not done");
    }

    /** In the minutes of the cutover it may not have run; since the end it has. */
    private Check cron(double ended) {
        String[] all = cronRuns(Outside.seconds(end.startedAt()));
        String[] since = cronRuns(ended);
        return new Check(
                "cron runs on old again, ran nowhere else, and never twice",
                !since[0].equals("0") && all[1].equals("0") && all[2].equals("0"),
                all[0] + " runs on old, " + since[0] + " of them since the end, " + all[1]
                        + " elsewhere; minutes with two runs: " + all[2]);
    }

    /** On old, elsewhere, and minutes with two. */
    private String[] cronRuns(double since) {
        return lab.sql("old", "shop", Questions.CRON_SINCE.formatted("to_timestamp(" + since + ")"))
                .strip()
                .split("\t", -1);
    }

    private static Check same(String name, Snapshot before, Snapshot after) {
        List<String> differences = before.differences(after);
        return new Check(
                name,
                before.size() > 0 && differences.isEmpty(),
                before.size() + " facts of the record made before compared (" + before.summary() + "): "
                        + (differences.isEmpty() ? "all equal" : "different: " + Words.some(differences)));
    }
}
