package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What must be true after a complete move, asked of the servers themselves and of the client outside. */
final class MoveAudit {
    private static final Duration JOBS_DONE = Duration.ofSeconds(20);

    /** So many writes show that the target takes them. */
    private static final long SOME_WRITES = 20;

    /** What keeps the service from starting where it was, and what was replaced: they stay when Godwit leaves. */
    static final Set<String> KEPT = Set.of(
            "/etc/systemd/system/shop.service.d/godwit-retired.conf",
            "/etc/systemd/system/shop-worker.service.d/godwit-retired.conf",
            Leftovers.ARCHIVE);

    private final LabSession session;
    private final LabHost lab;
    private final Ground before;
    private final Instant trafficBegan;
    private final MigrationView end;

    MoveAudit(LabSession session, Ground before, Instant trafficBegan, MigrationView end) {
        this.session = session;
        this.lab = session.lab();
        this.before = before;
        this.trafficBegan = trafficBegan;
        this.end = end;
    }

    /** Stops the traffic and asks. */
    List<Check> checks() throws InterruptedException {
        lab.stopTraffic();
        boolean idle = Await.until(JOBS_DONE, Duration.ofMillis(500), () -> count("new", Questions.PENDING_JOBS) == 0);
        Ground after = Ground.record(session);
        Outside outside = new Outside(lab);
        List<Check> checks = new ArrayList<>();
        checks.add(finished());
        checks.addAll(outside.requests(end));
        checks.add(outside.forwarded(end, session.environment()));
        checks.add(outside.writes());
        checks.add(outside.servedBy(
                "new", Outside.seconds(Objects.requireNonNull(step("point-dns").endedAt())), SOME_WRITES));
        checks.add(frozen());
        checks.add(fenced());
        checks.add(database(after));
        checks.add(orders());
        checks.add(outside.once("new", trafficBegan));
        checks.add(files(after));
        checks.add(dns(after));
        checks.add(jobs(idle));
        checks.add(cron());
        checks.add(units());
        checks.add(Leftovers.check(before, after, KEPT));
        return checks;
    }

    private Check finished() {
        List<String> other = end.steps().stream()
                .filter(step -> step.state() != StepState.DONE)
                .map(step -> step.id() + " " + step.state())
                .toList();
        return new Check(
                "the migration is finished and every step is done",
                end.outcome() == End.FINISHED && other.isEmpty(),
                end.outcome() + ", " + end.steps().size() + " steps, " + (other.isEmpty() ? "all done" : other));
    }

    /** Never two writable databases: nothing reached the source's after the pivot. */
    private Check frozen() {
        String pivot = "'" + step("forward-requests").startedAt() + "'";
        long late = count("old", Questions.WRITTEN_SINCE.formatted(pivot));
        return new Check(
                "nothing was written to the source's database since the pivot",
                late == 0,
                late + " orders, jobs or cron runs there are younger than " + pivot);
    }

    /** The service is down there; this is who would come with its password. */
    private Check fenced() {
        String answer = lines("old", Questions.LOG_IN_AS_THE_SITE);
        return new Check(
                "the source's database refuses the site's own login",
                answer.contains(Questions.REFUSED_BY_THE_FENCE),
                answer);
    }

    private Check database(Ground after) {
        Set<String> sections = Set.of("db.rows", "db.schema", "db.sequence", "db.largeobject", "db.extension");
        Snapshot source = before.source().only(sections);
        List<String> differences = source.differences(after.target().only(sections));
        return new Check(
                "the target's database is the source's",
                source.size() > 0 && differences.isEmpty(),
                source.size() + " facts compared with the record made before (" + source.summary() + "): "
                        + (differences.isEmpty() ? "all equal" : "different: " + Words.some(differences)));
    }

    /** The tables in use went on growing on the target, so only what the source had is compared. */
    private Check orders() {
        String last = lab.sql("old", "shop", Questions.LAST_ORDER).strip();
        String source =
                lab.sql("old", "shop", Questions.ORDERS_UP_TO.formatted(last)).strip();
        String target =
                lab.sql("new", "shop", Questions.ORDERS_UP_TO.formatted(last)).strip();
        return new Check(
                "every order of the source is on the target",
                source.equals(target),
                "orders and checksum of their tokens: " + source.replace('\t', ' ') + " on old, "
                        + target.replace('\t', ' ') + " on new");
    }

    private Check files(Ground after) {
        Snapshot source = before.source().only(Set.of("files"));
        List<String> differences = source.differences(after.target().only(Set.of("files")));
        return new Check(
                "the target's files are the source's",
                source.size() > 0 && differences.isEmpty(),
                source.size() + " entries compared by content, mode and owner: "
                        + (differences.isEmpty() ? "all equal" : "different: " + Words.some(differences)));
    }

    private Check dns(Ground after) {
        LabEnvironment environment = session.environment();
        String name = environment.service() + ". " + session.ttl().toSeconds() + " IN A ";
        List<String> wanted = before.dns().facts().stream()
                .map(fact -> fact.replace(
                        name + environment.source().address(),
                        name + environment.target().address()))
                .sorted()
                .toList();
        List<String> answers = after.dns().facts().stream()
                .filter(fact -> fact.contains(environment.service()))
                .map(fact -> fact.replace('\t', ' '))
                .toList();
        List<String> differences = new Snapshot(wanted).differences(after.dns());
        return new Check(
                "every name server answers with the target and the old TTL, and the zone is else unchanged",
                differences.isEmpty() && !wanted.equals(before.dns().facts()),
                String.join("; ", answers) + (differences.isEmpty() ? "" : "; different: " + Words.some(differences)));
    }

    private Check jobs(boolean idle) {
        String[] row = lab.sql("new", "shop", Questions.JOBS_BY_HOST.formatted("'" + trafficBegan + "'"))
                .strip()
                .split("\t", -1);
        boolean inOrder = row[4].equals("t");
        return new Check(
                "jobs ran on exactly one side: first on old, then on new, never on both, and none is left",
                idle && inOrder && Long.parseLong(row[0]) > 0 && Long.parseLong(row[1]) > 0 && row[2].equals("0"),
                row[0] + " done by old, " + row[1] + " by new, " + row[2] + " not done; old's last to new's first: "
                        + row[3] + " s");
    }

    /** Once in each minute but those of the cutover, never twice. */
    private Check cron() {
        String[] row = lab.sql(
                        "new",
                        "shop",
                        Questions.CRON.formatted(
                                "'" + trafficBegan + "'",
                                "'" + step("remove-crontabs").startedAt() + "'",
                                "'" + step("install-crontabs").endedAt() + "'"))
                .strip()
                .split("\t", -1);
        boolean good = row[2].equals("0") && row[3].equals("0") && !row[1].equals("0") && row[4].equals("t");
        return new Check(
                "cron ran on exactly one side",
                good,
                row[0] + " runs on old, " + row[1] + " on new; minutes with two runs: " + row[2]
                        + ", minutes outside the cutover without one: " + row[3]);
    }

    private Check units() {
        String old = lines("old", Questions.UNITS_REFUSE);
        String now = lines("new", Questions.UNITS_RUN);
        return new Check(
                "the service and its worker run on the target, and cannot be started on the source",
                old.equals("shop.service refused inactive; shop-worker.service refused inactive")
                        && now.equals("shop.service active enabled; shop-worker.service active enabled"),
                "new: " + now + "; old, when asked to start them: " + old);
    }

    private String lines(String host, String script) {
        return String.join(
                "; ", lab.shell(host, script).lines().map(String::strip).toList());
    }

    private long count(String host, String statement) {
        return Long.parseLong(lab.sql(host, "shop", statement).strip());
    }

    private StepView step(String id) {
        return end.steps().stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new LabException(ExitCode.FAILURE, "Expected the step " + id + ", but found none"));
    }
}
