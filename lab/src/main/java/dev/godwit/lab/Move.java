package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A whole move of the live site, and what it left.
 *
 * @param end the migration when it had ended
 * @param checks everything that must be true then
 * @param writeStall the longest time without an acknowledged write that the client met, in seconds
 */
public record Move(MigrationView end, List<Check> checks, double writeStall) {
    public Move {
        checks = List.copyOf(checks);
    }

    /** Moves the site of a fresh session under traffic, and asks. */
    public static Move whole(LabSession session, Terminal terminal, Duration soak)
            throws IOException, InterruptedException {
        Mover mover = new Mover(session, terminal);
        Ground before = Ground.record(session);
        mover.startTraffic();
        mover.plan();
        mover.start();
        mover.approve();
        mover.soak(soak);
        MigrationView end = mover.finish();
        List<Check> checks = new MoveAudit(session, before, mover.trafficBegan(), end).checks();
        TrafficReport met = session.lab().trafficReport(0, Double.POSITIVE_INFINITY);
        return new Move(end, checks, met.longestWriteStall().seconds());
    }

    /** What is not true. */
    public List<Check> failed() {
        return checks.stream().filter(check -> !check.passed()).toList();
    }
}
