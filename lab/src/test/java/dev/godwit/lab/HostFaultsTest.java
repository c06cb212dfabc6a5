package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.api.migration.ActivityView;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.api.migration.StepView;
import dev.godwit.api.problem.Problem;
import dev.godwit.workflows.migration.Choice;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers that fail under a migration: it says so, waits or tries again, and ends as it should. */
class HostFaultsTest extends LabTest {
    private static final Duration SOAK = Duration.ofMinutes(15);
    private static final Duration NOTICED = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(250);

    /** These see the faults themselves: PostgreSQL that is killed while it serves. */
    private static final Set<String> HURT = Set.of(Outside.SAME_OUTAGE, Outside.NONE_FAILED);

    /** What a loss that was accepted leaves elsewhere; readers go on asking for it. */
    private static final Set<String> LOST =
            Set.of(Outside.WRITES, RollBackAudit.SAME_TARGET, "since the end only old answers, and takes writes");

    private static final long SOME_WRITES = 5;

    /**
     * PostgreSQL that is killed.
     *
     * @param cronRuns whether cron may ask that database at the same time: then just after it did
     */
    private record Kill(String host, Breakpoint point, boolean cronRuns) {
        Breakpoint before() {
            return new Breakpoint(point.step(), Breakpoint.Moment.BEFORE);
        }
    }

    private static final List<Kill> KILLS_BEFORE_THE_GATE = List.of(
            new Kill("new", new Breakpoint(FIRST_COPY, Breakpoint.Moment.DURING), false),
            new Kill("old", new Breakpoint(FIRST_COPY, Breakpoint.Moment.DURING), true),
            new Kill("new", new Breakpoint("rehearse-compare", Breakpoint.Moment.BEFORE), false),
            new Kill("old", new Breakpoint("rehearse-compare", Breakpoint.Moment.BEFORE), true));

    private static final List<Kill> KILLS_IN_THE_CUTOVER = List.of(
            new Kill("new", new Breakpoint(FINAL_COPY, Breakpoint.Moment.DURING), false),
            new Kill("old", new Breakpoint("set-sequences-shop", Breakpoint.Moment.BEFORE), false));

    private static final List<Kill> KILLS_IN_THE_SOAK = onBothSides(new Breakpoint("soak", Breakpoint.Moment.DURING));
    private static final List<Kill> KILLS_AT_THE_END =
            onBothSides(new Breakpoint("retire-units", Breakpoint.Moment.BEFORE));

    private static final String CRON_RUNS_ON_NEW = "SELECT count(*) FROM cron_runs WHERE host = 'new'";

    private static final String CLOCK_AHEAD = """
            printf '#!/bin/sh\\nexec /usr/bin/date -d "5 minutes" "$@"\\n' >/usr/local/bin/date
            chmod 755 /usr/local/bin/date
            """;
    /** These see PostgreSQL that is killed on the target when the migration ends. */
    private static final Set<String> HURT_IN_FINISH =
            Set.of(Outside.FORWARDED, "since the end only new answers, and takes writes");

    /** For every program that starts from here on. */
    private static final String OTHER_CLOCK = """
            set -e
            echo +5m >/etc/faketimerc
            echo /usr/local/lib/libfaketime.so >/etc/ld.so.preload
            systemctl restart ssh nginx cron postgresql@15-main
            """;

    private static final String NO_OTHER_CLOCK = "rm -f /etc/ld.so.preload /dev/shm/*faketime*";

    private static final String OBTAIN_OTHER_CLOCK = """
            cd "$(mktemp -d)"
            apt-get -qq -o APT::Sandbox::User=root download libfaketime
            dpkg -x libfaketime_*.deb .
            cp usr/lib/*/faketime/libfaketimeMT.so.1 "$1/usr/local/lib/libfaketime.so"
            """;

    /** These compare times that the two servers have written. */
    private static final Set<String> TIMED = Set.of(
            "jobs ran on exactly one side: first on old, then on new, never on both, and none is left",
            "cron ran on exactly one side");

    private static final String CLOCK_BACK = "rm /usr/local/bin/date";

    /** No locale is left whose version PostgreSQL can tell: unlike the source's, it is unknown. */
    private static final String OTHER_COLLATION = """
            UPDATE pg_collation SET collcollate = 'C' WHERE collprovider = 'c' AND collctype ILIKE 'en_US%'
            """;

    private static final String OWN_COLLATION = """
            UPDATE pg_collation SET collcollate = collctype WHERE collprovider = 'c' AND collctype ILIKE 'en_US%'
            """;

    /** Its data on a disk of its own, small enough to be filled. */
    private static final String SMALL_DISK_FOR_DATA = """
            set -e
            cd /var/lib/postgresql/15
            systemctl stop postgresql@15-main
            cp -a main main.away
            mount -t tmpfs -o size=700m,mode=700,uid=$(id -u postgres),gid=$(id -g postgres) lab-small main
            cp -a main.away/. main/
            systemctl start postgresql@15-main
            """;

    private static final String SMALL_DISK_FOR_STATE = """
            mkdir /var/lib/godwit
            mount -t tmpfs -o size=300m,mode=700 lab-small /var/lib/godwit
            """;

    private static final String NO_SMALL_DISK_FOR_STATE = """
            umount /var/lib/godwit
            rmdir /var/lib/godwit
            """;

    /** Below the folder of a Godwit that does not run. */
    private static final String SMALL_DISK_FOR_GODWIT = """
            cp -a "$1" "$1.away"
            mount -t tmpfs -o size=$(($(du -sm "$1" | cut -f 1) + 60))m,mode=700 lab-small "$1"
            cp -a "$1.away/." "$1/"
            rm -r "$1.away"
            """;

    private static final String SPOIL_A_FILE = """
            python3 - <<'END'
            import os, pathlib
            file = min(pathlib.Path("/srv/shop/uploads").glob("*/*.jpg"))
            times = file.stat()
            content = bytearray(file.read_bytes())
            content[9] ^= 255
            file.write_bytes(content)
            os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
            END
            """;

    private static final String KILL_POSTGRESQL = """
            kill -9 "$(head -n 1 /var/lib/postgresql/15/main/postmaster.pid)"
            """;

    /** In the middle of a copy: as soon as it has a session here. */
    private static final String KILL_POSTGRESQL_WHILE_IT_COPIES = """
            until [ -n "$(runuser -u postgres -- psql -XAt \\
                -c "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'godwit copy %'")" ]; do :; done
            """ + KILL_POSTGRESQL;

    private static final String START_POSTGRESQL = """
            for try in $(seq 60); do
                ! pg_isready -q || exit 0
                systemctl reset-failed postgresql@15-main 2>/dev/null
                systemctl start postgresql@15-main || true
                sleep 0.5
            done
            exit 1
            """;

    private static final String BREAK_NGINX = "echo 'listen nonsense;' >/etc/nginx/conf.d/broken.conf";
    private static final String MEND_NGINX = "rm /etc/nginx/conf.d/broken.conf";

    /** Another host key, also for those who are logged in, until a file says that it was enough. */
    private static final String OTHER_HOST_KEY = """
            cat >/root/other-key <<'END'
            sleep 1 # until the session is over that has started this
            cd /etc/ssh
            cp -a ssh_host_ed25519_key ssh_host_ed25519_key.own
            cp -a ssh_host_ed25519_key.pub ssh_host_ed25519_key.pub.own
            rm ssh_host_ed25519_key ssh_host_ed25519_key.pub
            ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key
            systemctl restart ssh
            pkill -f '^sshd: root@'
            until [ -e /root/own-key ]; do sleep 0.1; done
            mv ssh_host_ed25519_key.own ssh_host_ed25519_key
            mv ssh_host_ed25519_key.pub.own ssh_host_ed25519_key.pub
            systemctl restart ssh
            rm /root/own-key /root/other-key
            END
            systemd-run --quiet --unit=lab-other-key --collect bash /root/other-key
            """;

    @Test
    void shouldSayBeforeTheMoveWhatIsWrongWithClockCertificateAndCollation() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            Ground before = Ground.record(session);
            session.lab().shell("new", CLOCK_AHEAD);
            session.lab().sql("new", "postgres", OTHER_COLLATION);
            String certificate = expire(session);
            PlanView plan = session.api().plan(spec(session));
            assertThat(plan.findings())
                    .extracting(finding -> finding.severity() + " " + finding.code() + " " + finding.where())
                    .contains(
                            "BLOCKER certificate-expired source",
                            "WARNING clock-skew target",
                            "NOTE database-collation /databases/0");
            assertThat(plan.findings())
                    .filteredOn(finding -> finding.code().equals("clock-skew"))
                    .extracting(Finding::message)
                    .anySatisfy(message -> assertThat(message).contains("new.example.org"))
                    // The difference of two measures on a busy machine.
                    .allSatisfy(message -> assertThat(message).containsPattern("(299|300)\\.\\d s ahead"));
            session.lab().shell("new", CLOCK_BACK);
            session.lab().sql("new", "postgres", OWN_COLLATION);
            session.lab().shell("old", certificate);
            unchanged(before, Ground.record(session));
        }
    }

    @Test
    void shouldFinishWhenTheTargetsDatabaseIsKilledInEitherCopy() throws Exception {
        try (LabSession session = open(Rows.SMALL, Map.of(Breakpoints.PROPERTY, "true"))) {
            saysThatPostgresqlIsDown(session, "old");
            saysThatPostgresqlIsDown(session, "new");
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());
            Kill first = new Kill("new", new Breakpoint(FIRST_COPY, Breakpoint.Moment.DURING), false);
            breakpoints.set(first.before());
            mover.start();
            killed(session, mover.status().id(), breakpoints, List.of(first));
            Kill last = new Kill("new", new Breakpoint(FINAL_COPY, Breakpoint.Moment.BEFORE), false);
            breakpoints.set(last.before());
            mover.approve();
            killed(session, mover.status().id(), breakpoints, List.of(last));
            assertMoved(session, mover, before);
        }
    }

    @Test
    @Tag("long") // three minutes
    void shouldMoveToAServerWhoseClockIsFiveMinutesAhead() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            LabHost lab = session.lab();
            Ground before = Ground.record(session);
            run("sh", "-ec", OBTAIN_OTHER_CLOCK, "sh", root(session, "new").toString());
            lab.shell("new", OTHER_CLOCK);
            long ahead = Long.parseLong(lab.shell("new", "date +%s").strip())
                    - Instant.now().getEpochSecond();
            assertThat(ahead).isBetween(295L, 305L);
            Instant trafficBegan = Instant.now();
            new Mover(session, terminal).startTraffic();
            Operator operator = Operator.start(session.api(), spec(session));
            operator.approve();
            operator.awaitSoak();
            await(
                    "cron on new",
                    () -> !lab.sql("new", "shop", CRON_RUNS_ON_NEW).strip().equals("0"));
            operator.finish();
            MigrationView end = operator.ended();
            assertThat(end.findings()).extracting(Finding::code).contains("clock-skew");
            lab.shell("new", NO_OTHER_CLOCK);
            assertPassed(
                    end,
                    new MoveAudit(session, before, trafficBegan, end)
                            .checks().stream()
                                    .filter(check -> !TIMED.contains(check.name()))
                                    .toList());
        }
    }

    @Test
    @Tag("long") // six minutes
    void shouldMoveWhenEveryFaultIsMended() throws Exception {
        try (LabSession session = open(Rows.SMALL, Map.of(Breakpoints.PROPERTY, "true"))) {
            LabHost lab = session.lab();
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());
            lab.shell("new", SMALL_DISK_FOR_DATA);
            lab.sql("new", "postgres", OTHER_COLLATION);
            Ground before = Ground.record(session);
            lab.shell("new", CLOCK_AHEAD);
            lab.shell("old", SMALL_DISK_FOR_STATE);
            Instant trafficBegan = Instant.now();
            lab.startTraffic();

            Breakpoint link = new Breakpoint("link-hosts", Breakpoint.Moment.BEFORE);
            breakpoints.set(link);
            Operator operator = Operator.start(session.api(), spec(session));
            fullSource(session, operator, breakpoints, link);
            fullTarget(session, operator, breakpoints);
            killed(session, operator.id(), breakpoints, KILLS_BEFORE_THE_GATE);

            operator.awaitGate();
            Ground atTheGate = changedTables(session, before);
            openTransaction(lab);
            breakpoints.set(KILLS_IN_THE_CUTOVER.getFirst().before());
            operator.approve();
            killed(session, operator.id(), breakpoints, KILLS_IN_THE_CUTOVER);
            operator.awaitSoak();
            assertThat(lab.shell("old", "systemctl is-active lab-transaction || true")
                            .strip())
                    .as("the transaction that was open")
                    .isNotEqualTo("active");
            assertThat(lab.shell("old", Questions.LOG_IN_AS_THE_SITE).strip())
                    .as("the site's login on the source, after PostgreSQL came back there")
                    .contains(Questions.REFUSED_BY_THE_FENCE);
            killedWhileItServes(lab, KILLS_IN_THE_SOAK);
            KILLS_IN_THE_SOAK.forEach(kill -> lab.shell(kill.host(), START_POSTGRESQL));
            await(
                    "cron on new",
                    () -> !lab.sql("new", "shop", CRON_RUNS_ON_NEW).strip().equals("0"));
            Breakpoint finishing = KILLS_AT_THE_END.getFirst().point();
            breakpoints.set(finishing);
            operator.finish();
            reached(breakpoints, finishing);
            killedWhileItServes(lab, KILLS_AT_THE_END);
            breakpoints.clear();
            MigrationView end = operator.ended();
            KILLS_AT_THE_END.forEach(kill -> lab.shell(kill.host(), START_POSTGRESQL));
            assertKilledInEachPhase(end);

            lab.shell("new", CLOCK_BACK);
            lab.sql("new", "postgres", OWN_COLLATION);
            lab.shell("old", NO_SMALL_DISK_FOR_STATE);
            assertPassed(
                    end,
                    new MoveAudit(session, atTheGate, trafficBegan, end)
                            .checks().stream()
                                    .filter(check ->
                                            !HURT.contains(check.name()) && !HURT_IN_FINISH.contains(check.name()))
                                    .toList());
        }
    }

    @Test
    @Tag("long") // three minutes
    void shouldGoBackFromBrokenConfigurationsAndChangedHostKey() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            LabHost lab = session.lab();
            Ground before = Ground.record(session);
            double trafficBegan = now();
            new Mover(session, terminal).startTraffic();

            // On the source: nothing is held when it is noticed.
            Operator first = Operator.start(session.api(), spec(session));
            first.awaitGate();
            lab.shell("old", BREAK_NGINX);
            first.approve();
            Waiting broken = asks(first, "nginx");
            first.decide(broken.step(), "roll-back");
            goneBack(lab, first.ended());
            lab.shell("old", MEND_NGINX);
            unchanged(before, Ground.record(session));

            // On the target: what Godwit put there cannot be taken back before somebody mends it.
            Operator second = Operator.start(session.api(), spec(session));
            second.awaitGate();
            lab.shell("new", BREAK_NGINX);
            session.api().rollBack(second.id(), false, "a test goes back");
            Waiting undo = asks(second, "nginx");
            assertThat(undo.reason()).contains("undo");
            lab.shell("new", MEND_NGINX);
            second.decide(undo.step(), "retry");
            goneBack(lab, second.ended());
            unchanged(before, Ground.record(session));

            // A host key that changes in the middle is never accepted, and never asked again by itself.
            Operator third = Operator.start(session.api(), spec(session));
            third.awaitGate();
            lab.shell("new", OTHER_HOST_KEY);
            third.approve();
            Waiting changed = asks(third, "host key");
            Path root = root(session, "new").resolve("root");
            Files.createFile(root.resolve("own-key"));
            await("the own host key again", () -> !Files.exists(root.resolve("other-key")));
            third.decide(changed.step(), "roll-back");
            goneBack(lab, third.ended());
            unchanged(before, Ground.record(session));

            // None of the three came as far as the page.
            lab.stopTraffic();
            assertThat(since(lab, trafficBegan).failed())
                    .as("requests that failed")
                    .isZero();
            TrafficVerdict verdict = lab.trafficVerdict();
            assertThat(verdict.missing()).isEmpty();
            assertThat(verdict.duplicated()).isEmpty();
            assertThat(verdict.unanswered()).isEmpty();
        }
    }

    @Test
    @Tag("long") // four minutes
    void shouldGoBackWithEveryWriteWhenTheCutoverFindsWhatIsWrong() throws Exception {
        try (LabSession session = open(Rows.SMALL, Map.of(Breakpoints.PROPERTY, "true"))) {
            LabHost lab = session.lab();
            Ground before = Ground.record(session);
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());
            new Mover(session, terminal).startTraffic();

            // One row that is not what was copied.
            Operator first = startedUntil(session, breakpoints, "verify-database-shop");
            lab.sql("new", "shop", "UPDATE products SET name = name || '!' WHERE id = 1");
            breakpoints.clear();
            goBackFrom(lab, first, "products");
            unchanged(before, Ground.record(session));

            // nginx of the source, which neither forwards nor gives its site back before somebody mends it.
            Operator second = startedUntil(session, breakpoints, "forward-requests");
            lab.shell("old", BREAK_NGINX);
            breakpoints.clear();
            second.decide(asks(second, "nginx").step(), "roll-back");
            Waiting undo = asks(second, "nginx");
            assertThat(undo.reason()).contains("undo");
            assertThat(session.api().status(second.id()).serving()).isNotIn(Serving.SOURCE, Serving.TARGET);
            lab.shell("old", MEND_NGINX);
            second.decide(undo.step(), "retry");
            goneBack(lab, second.ended());
            // nginx has never loaded what would have sent anybody there: nothing is kept for them.
            unchanged(before, Ground.record(session));

            // One byte of one file, with its time and size as they were.
            Operator third = startedUntil(session, breakpoints, "verify-files-uploads");
            lab.shell("new", SPOIL_A_FILE);
            breakpoints.clear();
            MigrationView end = goBackFrom(lab, third, ".jpg");
            assertPassed(
                    end,
                    new RollBackAudit(session, before, end, "verify-files-uploads", ".jpg")
                            .checks().stream()
                                    // The page was up three times.
                                    .filter(check -> !HURT.contains(check.name()))
                                    .toList());
        }
    }

    @Test
    @Tag("long") // three minutes
    void shouldKeepAThousandWritesOnTheTargetWhenTheirLossIsAccepted() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            LabHost lab = session.lab();
            Ground before = Ground.record(session);
            new Mover(session, terminal).startTraffic();
            Operator operator = Operator.start(session.api(), spec(session));
            operator.approve();
            operator.awaitSoak();

            // The side that serves: visitors notice, the migration does not go back by itself.
            killedWhileItServes(lab, List.of(KILLS_IN_THE_SOAK.getLast()));
            lab.shell("new", START_POSTGRESQL);
            double again = now();
            await("a thousand writes", () -> since(lab, again).acknowledged().getOrDefault("write", 0L) >= 1000);
            MigrationView soaking = session.api().status(operator.id());
            assertThat(soaking.serving()).isEqualTo(Serving.TARGET);
            assertThat(soaking.undoing()).isFalse();

            Problem refused = catchThrowableOfType(ApiException.class, () -> operator.rollBack(false))
                    .problem();
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.lossInRows()).isGreaterThanOrEqualTo(1000);
            MigrationView end = operator.rollBack(true);
            wentBack(end);
            double ended = Outside.seconds(Objects.requireNonNull(end.endedAt()));
            await(
                    "old to take writes",
                    () -> since(lab, ended).acknowledged().getOrDefault("write", 0L) >= SOME_WRITES);
            assertThat(since(lab, ended).answeredBy().keySet())
                    .as("who answers")
                    .allMatch(each -> each.endsWith(" old"));

            assertPassed(
                    end,
                    new RollBackAudit(session, before, end, "soak", "a test goes back")
                            .checks().stream()
                                    .filter(check -> !HURT.contains(check.name()) && !LOST.contains(check.name()))
                                    .toList());
            TrafficVerdict verdict = lab.trafficVerdict();
            assertThat(verdict.duplicated()).isEmpty();
            assertThat(verdict.unanswered()).isEmpty();
            assertThat(verdict.missing()).hasSizeGreaterThanOrEqualTo(1000);
            assertThat(keptOnTarget(lab, verdict.missing()))
                    .as("what the source does not have, kept on the target")
                    .isEqualTo(verdict.missing().size());
        }
    }

    @Test
    @Tag("long") // three minutes
    void shouldFinishOnceWhenGodwitsOwnDiskWasFull() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            Path data = session.godwit().data();
            session.killGodwit();
            run("sh", "-ec", SMALL_DISK_FOR_GODWIT, "sh", data.toString());
            try {
                session.startGodwitAgain();
                Mover mover = new Mover(session, terminal);
                Ground before = Ground.record(session);
                mover.startTraffic();
                mover.plan();
                mover.start();
                mover.follow(view -> unitsOf(session, FIRST_COPY) == 1);
                run("sh", "-c", "cat /dev/zero >\"$1/filler\" || true", "sh", data.toString());
                Thread.sleep(Duration.ofSeconds(30)); // time itself: nobody tells when enough was tried in vain
                Files.delete(data.resolve("filler"));
                if (session.godwit().hasEnded()) {
                    terminal.event("Godwit has ended by itself");
                    session.startGodwitAgain();
                }
                await("Godwit to be healthy", () -> session.api().health() == 200);
                mover.approve();
                assertMoved(session, mover, before);
                assertOneDumpForEachCopy(session);
            } finally {
                session.killGodwit();
                run("umount", data.toString());
            }
        }
    }

    // ---- faults ----

    /** A server's files, as this machine sees them. */
    private static Path root(LabSession session, String host) {
        return session.environment().labHome().resolve("hosts").resolve(host).resolve("root");
    }

    /** A migration that stands before a step of its cutover. */
    private static Operator startedUntil(LabSession session, Breakpoints breakpoints, String step) throws Exception {
        Breakpoint point = new Breakpoint(step, Breakpoint.Moment.BEFORE);
        breakpoints.set(point);
        Operator operator = Operator.start(session.api(), spec(session));
        operator.approve();
        reached(breakpoints, point);
        return operator;
    }

    /** A difference that is not to be skipped. */
    private static MigrationView goBackFrom(LabHost lab, Operator operator, String words) throws Exception {
        Waiting differs = asks(operator, words);
        assertThat(differs.options()).doesNotContain(Choice.SKIP);
        operator.decide(differs.step(), "roll-back");
        MigrationView end = operator.ended();
        goneBack(lab, end);
        return end;
    }

    private static TrafficReport since(LabHost lab, double moment) {
        return lab.trafficReport(moment, Double.POSITIVE_INFINITY);
    }

    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }

    /** The preflight names the server without its PostgreSQL, and nothing can start before that is back. */
    private static void saysThatPostgresqlIsDown(LabSession session, String host) throws Exception {
        session.lab().shell(host, KILL_POSTGRESQL);
        PlanView plan = session.api().plan(spec(session));
        assertThat(plan.startable()).isFalse();
        assertThat(plan.findings())
                .filteredOn(finding -> finding.code().equals("database-unreachable"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Finding.Severity.BLOCKER);
                    assertThat(finding.where()).isEqualTo("/databases/0");
                    assertThat(finding.message()).contains(host + ".example.org", "whether PostgreSQL runs");
                });
        session.lab().shell(host, START_POSTGRESQL);
    }

    /** How many of these orders and uploads are there. */
    private static long keptOnTarget(LabHost lab, List<String> tokens) {
        String all = tokens.stream().collect(Collectors.joining(","));
        long orders =
                Long.parseLong(lab.sql("new", "shop", "SELECT count(*) FROM orders WHERE token = ANY ('{" + all + "}')")
                        .strip());
        long uploads = Long.parseLong(lab.shell(
                        "new",
                        "cd /srv/shop/uploads && ls -d "
                                + tokens.stream()
                                        .filter(token -> token.startsWith("traffic-"))
                                        .collect(Collectors.joining(" "))
                                + " | wc -l")
                .strip());
        return orders + uploads;
    }

    /** The retries end, a person is asked, makes room and says retry. */
    private static void fullSource(LabSession session, Operator operator, Breakpoints breakpoints, Breakpoint link)
            throws Exception {
        reached(breakpoints, link);
        session.lab().shell("old", fill("/var/lib/godwit", 0));
        Breakpoint copy = new Breakpoint(FIRST_COPY, Breakpoint.Moment.BEFORE);
        breakpoints.set(copy);
        Waiting full = asks(operator, "No space left on device");
        assertThat(full.step()).isEqualTo("link-hosts");
        session.lab().shell("old", "rm /var/lib/godwit/filler");
        operator.decide("link-hosts", "retry");
        reached(breakpoints, copy);

        // The copy too writes there: what the target may ask of the source.
        session.lab().shell("old", fill("/var/lib/godwit", 0));
        breakpoints.clear();
        failing(session, operator, FIRST_COPY, "No space left on device");
        breakpoints.set(copy);
        session.lab().shell("old", "rm /var/lib/godwit/filler");
        reached(breakpoints, copy);
    }

    /** It is said, and tried again until somebody has made room. */
    private static void fullTarget(LabSession session, Operator operator, Breakpoints breakpoints) throws Exception {
        int attempt = attempt(session, operator.id(), FIRST_COPY);
        session.lab().shell("new", fill("/var/lib/postgresql/15/main", 8));
        breakpoints.clear();
        await("the copy to fail on new", () -> attempt(session, operator.id(), FIRST_COPY) > attempt);
        // PostgreSQL may be dead of it, before anybody is told why.
        failing(session, operator, FIRST_COPY, "No space left on device|whether PostgreSQL runs");
        breakpoints.set(KILLS_BEFORE_THE_GATE.getFirst().before());
        session.lab().shell("new", "rm /var/lib/postgresql/15/main/filler");
        session.lab().shell("new", START_POSTGRESQL);
    }

    /**
     * One kill after another: it is noticed, and what was interrupted is done again when PostgreSQL is back. The
     * breakpoint before the first is set.
     */
    private static void killed(LabSession session, String id, Breakpoints breakpoints, List<Kill> kills)
            throws Exception {
        for (int number = 0; number < kills.size(); number++) {
            Kill kill = kills.get(number);
            String step = kill.point().step();
            reached(breakpoints, kill.before());
            if (kill.cronRuns()) {
                awaitCronHasRun();
            }
            int attempt = attempt(session, id, step);
            if (kill.point().moment() == Breakpoint.Moment.DURING) {
                CompletableFuture<Void> copying = CompletableFuture.runAsync(
                        () -> session.lab().shell(kill.host(), KILL_POSTGRESQL_WHILE_IT_COPIES));
                breakpoints.clear();
                copying.get(NOTICED.toSeconds(), TimeUnit.SECONDS);
            } else {
                session.lab().shell(kill.host(), KILL_POSTGRESQL);
                breakpoints.clear();
            }
            await(
                    step + " to fail for want of PostgreSQL on " + kill.host(),
                    () -> attempt(session, id, step) > attempt);
            // Before an attempt can work again.
            if (number + 1 < kills.size()) {
                breakpoints.set(kills.get(number + 1).before());
            }
            session.lab().shell(kill.host(), START_POSTGRESQL);
        }
    }

    /** After the pivot no step needs PostgreSQL: who notices is a visitor. */
    private static void killedWhileItServes(LabHost lab, List<Kill> kills) throws Exception {
        double moment = now();
        kills.forEach(kill -> lab.shell(kill.host(), KILL_POSTGRESQL));
        await("visitors to meet errors", () -> since(lab, moment).failed() > 0);
    }

    /** The phases are the migration's own: one that gets another needs another kill on either side. */
    private static void assertKilledInEachPhase(MigrationView end) {
        Map<String, Phase> phases = end.steps().stream().collect(Collectors.toMap(StepView::id, StepView::phase));
        Map<String, Set<Phase>> killed = Stream.of(
                        KILLS_BEFORE_THE_GATE, KILLS_IN_THE_CUTOVER, KILLS_IN_THE_SOAK, KILLS_AT_THE_END)
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(
                        Kill::host,
                        Collectors.mapping(kill -> phases.get(kill.point().step()), Collectors.toSet())));
        Set<Phase> all = Set.copyOf(phases.values());
        assertThat(killed).as("the phases in which PostgreSQL was killed").isEqualTo(Map.of("old", all, "new", all));
    }

    private static List<Kill> onBothSides(Breakpoint point) {
        return List.of(new Kill("old", point, false), new Kill("new", point, false));
    }

    private static int attempt(LabSession session, String id, String step) {
        return activityOf(session, id, step).map(ActivityView::attempt).orElse(0);
    }

    private static Optional<ActivityView> activityOf(LabSession session, String id, String step) {
        try {
            return session.api().status(id).steps().stream()
                    .filter(each -> each.id().equals(step))
                    .flatMap(each -> Stream.ofNullable(each.activity()))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Ten minutes long, with a lock that nobody else gets. */
    private static void openTransaction(LabHost lab) throws Exception {
        lab.shell("old", """
                systemd-run --quiet --unit=lab-transaction runuser -u postgres -- psql -X -d shop \\
                    -c 'BEGIN' -c 'LOCK TABLE settings' -c 'SELECT pg_sleep(600)'
                """);
        await(
                "the transaction to hold its lock",
                () -> lab.sql("old", "shop", """
                                SELECT count(*) FROM pg_locks
                                 WHERE relation = 'settings'::regclass AND mode = 'AccessExclusiveLock' AND granted
                                """).strip().equals("1"));
    }

    /**
     * Between the first copy and the last: a new table with rows, and a new column. What was drawn of a sequence before a
     * checkpoint, PostgreSQL remembers exactly; after a crash it would skip up to 32 values.
     */
    private static Ground changedTables(LabSession session, Ground before) throws Exception {
        session.lab().sql("old", "shop", """
                SET ROLE shop;
                CREATE TABLE latecomers (id serial PRIMARY KEY, name text NOT NULL);
                INSERT INTO latecomers (name) SELECT 'number ' || n FROM generate_series(1, 1000) n;
                ALTER TABLE suppliers ADD COLUMN phone text NOT NULL DEFAULT 'unknown';
                RESET ROLE;
                CHECKPOINT;
                """);
        Set<String> tables = Set.of("db.rows", "db.schema", "db.sequence");
        Snapshot now = session.lab().snapshot("old", "--static", "--only", "db.rows,db.schema,db.sequence");
        List<String> old = new ArrayList<>(before.source().facts());
        old.removeAll(before.source().only(tables).facts());
        return new Ground(
                new Snapshot(Stream.concat(old.stream(), now.facts().stream())
                        .sorted()
                        .toList()),
                before.target(),
                before.dns());
    }

    /** Gives the site a certificate that ended yesterday; the script that gives back its own. */
    private static String expire(LabSession session) {
        Path keys = session.environment().labHome().resolve("keys");
        LabHost lab = session.lab();
        String folder = "/etc/letsencrypt/archive/" + session.environment().service();
        run(
                "openssl",
                "x509",
                "-req",
                "-in",
                keys + "/site.csr",
                "-CA",
                keys + "/chain.pem",
                "-CAkey",
                keys + "/intermediate.key",
                "-days",
                "-1",
                "-out",
                keys + "/expired.pem");
        String expired = read(keys.resolve("expired.pem"));
        lab.shell(
                "old",
                "cd " + folder + " && for name in cert fullchain; do cp -a ${name}1.pem $name.own; done\n"
                        + "cat >cert1.pem <<'END'\n" + expired + "END\n"
                        + "cat cert1.pem chain1.pem >fullchain1.pem && nginx -s reload\n");
        return "cd " + folder + " && for name in cert fullchain; do mv $name.own ${name}1.pem; done && nginx -s reload";
    }

    private static void run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String fill(String folder, int megabytesLeft) {
        return """
                cd %s
                dd if=/dev/zero of=filler bs=1M count=$(($(df --output=avail -BM . | tail -n 1 | tr -dc 0-9) - %d)) 2>/dev/null
                [ %d -gt 0 ] || cat /dev/zero >>filler 2>/dev/null || true
                """.formatted(folder, megabytesLeft, megabytesLeft);
    }

    // ---- what it says ----

    private static Waiting asks(Operator operator, String words) throws Exception {
        MigrationView view = operator.awaitDecision();
        Waiting waiting = Objects.requireNonNull(view.waiting());
        assertThat(waiting.reason()).containsIgnoringCase(words);
        // Of a page that could not be put up it is not said which side serves.
        assertThat(view.serving()).as("who serves").isNotEqualTo(Serving.TARGET);
        assertThat(view.pastPivot()).isFalse();
        return waiting;
    }

    /** Waits until the status tells that an attempt of a step has failed, and why. */
    private static void failing(LabSession session, Operator operator, String step, String words) throws Exception {
        Pattern pattern = Pattern.compile(words);
        await(
                step + " to fail with '" + words + "'",
                () -> activityOf(session, operator.id(), step)
                        .map(ActivityView::lastFailure)
                        .filter(failure -> pattern.matcher(failure).find())
                        .isPresent());
    }

    private static void reached(Breakpoints breakpoints, Breakpoint breakpoint) throws Exception {
        await(breakpoint.toString(), () -> breakpoints.isReached(breakpoint));
    }

    /** cron asks the database at the beginning of each minute; that is another test's. */
    private static void awaitCronHasRun() throws Exception {
        await("the first half of a minute", () -> {
            int second = LocalTime.now(ZoneOffset.UTC).getSecond();
            return second > 4 && second < 40;
        });
    }

    private static void await(String what, BooleanSupplier condition) throws Exception {
        assertThat(Await.until(NOTICED, PAUSE, condition)).as(what).isTrue();
    }

    private static void wentBack(MigrationView end) {
        assertThat(end.outcome()).as("%s", end.endReason()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
    }

    private static void goneBack(LabHost lab, MigrationView end) throws Exception {
        wentBack(end);
        double ended = Outside.seconds(Objects.requireNonNull(end.endedAt()));
        await(
                "old alone to answer, and to take writes",
                () -> new Outside(lab).servedBy("old", ended, SOME_WRITES).passed());
    }

    private static void unchanged(Ground before, Ground after) {
        assertThat(before.source().differences(after.source())).as("old").isEmpty();
        assertThat(before.target().differences(after.target())).as("new").isEmpty();
        assertThat(before.dns().differences(after.dns())).as("the zone").isEmpty();
        Check left = Leftovers.check(before, after, Set.of());
        assertThat(left.passed()).as(left.figures()).isTrue();
    }

    private static String spec(LabSession session) {
        return DemoSpec.yaml(session.environment(), SOAK, Budget.DEFAULT.decision());
    }
}
