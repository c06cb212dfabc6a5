package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the client outside met, as checks. */
final class Outside {
    /** What lies between the two measures: the client's pause between tries, and requests that were already waiting. */
    private static final Duration MEASURES_DIFFER = Duration.ofSeconds(3);

    /** The check that both measures are one; Godwit's is longer where it was dead around the page's beginning. */
    static final String SAME_OUTAGE = "the client's outage is the one that Godwit measured";

    /** The check of a client that keeps the old address; it cannot hold where the two servers are cut apart. */
    static final String FORWARDED = "a client that never resolves again is forwarded";

    /** The check of requests; PostgreSQL that is killed under visitors is felt there. */
    static final String NONE_FAILED = "no request failed before or after the outage";

    /** The check of writes; those that a rollback after the pivot loses are on the target. */
    static final String WRITES = "every acknowledged write is found, and once";

    private static final double EVER = Double.POSITIVE_INFINITY;

    private final LabHost lab;

    Outside(LabHost lab) {
        this.lab = lab;
    }

    /** Requests by answer, and that none failed while a side served. */
    List<Check> requests(MigrationView end) {
        Duration measuredByGodwit = end.outage();
        TrafficReport all = lab.trafficReport(0, EVER);
        TrafficReport.Stall write = all.longestWriteStall();
        TrafficReport.Stall read = all.longestReadStall();
        long before = lab.trafficReport(0, pageUp(end)).failed();
        long after = lab.trafficReport(pageDown(end), EVER).failed();
        double outage = Math.max(write.seconds(), read.seconds());
        double measured = measuredByGodwit == null ? 0 : measuredByGodwit.toMillis() / 1000.0;
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(
                SAME_OUTAGE,
                Math.abs(outage - measured) <= MEASURES_DIFFER.toSeconds(),
                "longest time without an acknowledged write " + Words.seconds(write.seconds())
                        + ", without an answered read " + Words.seconds(read.seconds()) + "; Godwit: "
                        + Words.time(measuredByGodwit)));
        checks.add(new Check(
                NONE_FAILED,
                before == 0 && after == 0 && all.ok() > 0,
                all.requests() + " requests, " + all.ok() + " answered as they should, " + all.failed()
                        + " failed (before " + before + ", after " + after + "); by status: "
                        + Words.counts(all.byStatus())));
        return checks;
    }

    /**
     * When the page began to go up. While nginx reloads, old and new workers answer side by side: the steps of the
     * migration bound that moment, the client's longest stall lies within it.
     */
    private static double pageUp(MigrationView end) {
        return step(end, "serve-page")
                .map(StepView::startedAt)
                .map(Outside::seconds)
                .orElse(EVER);
    }

    /** When it was proved that the page is down again, by a server that serves. */
    private static double pageDown(MigrationView end) {
        return step(end, Boolean.TRUE.equals(end.pastPivot()) ? "forward-requests" : "serve-page")
                .map(StepView::endedAt)
                .map(Outside::seconds)
                .orElse(EVER);
    }

    private static Optional<StepView> step(MigrationView end, String id) {
        return end.steps().stream().filter(step -> step.id().equals(id)).findFirst();
    }

    /** As the client counts: since 1970. */
    static double seconds(Instant at) {
        return at.toEpochMilli() / 1000.0;
    }

    /** Every acknowledged write is there, once. */
    Check writes() {
        TrafficVerdict verdict = lab.trafficVerdict();
        long asked =
                verdict.checked().values().stream().mapToLong(Long::longValue).sum();
        return new Check(
                WRITES,
                verdict.ok() && asked > 0,
                "acknowledged and asked for: " + Words.counts(verdict.checked()) + "; missing "
                        + verdict.missing().size() + ", duplicated "
                        + verdict.duplicated().size() + ", unanswered "
                        + verdict.unanswered().size()
                        + (verdict.ok() ? "" : " (" + Words.some(verdict.missing()) + ")"));
    }

    /** Who never asks for the name again is forwarded: the old address goes on answering, with the target's words. */
    Check forwarded(MigrationView end, LabEnvironment environment) {
        TrafficReport.Pinned pinned = lab.trafficReport(pageDown(end), EVER).pinned();
        boolean always =
                pinned.answeredBy().keySet().equals(Set.of(environment.source().address() + " new"));
        return new Check(
                FORWARDED,
                always && pinned.failed() == 0,
                pinned.ok() + " reads since the pivot answered as they should, " + pinned.failed()
                        + " failed; answered by " + Words.counts(pinned.answeredBy()));
    }

    /**
     * Since a moment writes are acknowledged, none fails, and only one server answers.
     *
     * @param since in seconds since 1970
     * @param least so many writes must have been acknowledged
     */
    Check servedBy(String host, double since, long least) {
        TrafficReport report = lab.trafficReport(since, EVER);
        long writes = report.acknowledged().getOrDefault("write", 0L);
        Map<String, Long> hosts = report.answeredBy();
        boolean alone = hosts.keySet().stream().allMatch(each -> each.endsWith(" " + host));
        return new Check(
                "since the end only " + host + " answers, and takes writes",
                alone && writes >= least && report.failed() == 0,
                writes + " writes acknowledged, " + report.failed() + " requests failed; answered by "
                        + Words.counts(hosts));
    }

    /**
     * An order can only be once, by its key; what follows from it has none, and shows if it was applied twice.
     *
     * @param host that serves
     */
    Check once(String host, Instant since) {
        String row = lab.sql(host, "shop", Questions.FOLLOWED_TWICE.formatted("'" + since + "'"))
                .strip();
        return new Check(
                "nothing that follows from an order is there twice",
                row.equals("0\t0"),
                "orders with more than one entry in the log, or more than one job: " + row.replace('\t', ' '));
    }
}
