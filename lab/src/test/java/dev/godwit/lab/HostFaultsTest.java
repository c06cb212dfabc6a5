package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.api.migration.ActivityView;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.Side;
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
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servers that fail under a migration: it says so, waits or tries again, and ends as it should. */
class HostFaultsTest extends LabTest {
    private static final Duration SOAK = Duration.ofMinutes(15);
    private static final Duration NOTICED = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(250);

    /** These see the faults themselves: PostgreSQL that is killed while it serves. */
    private static final Set<String> HURT = Set.of(
            "the client's outage is the one that Godwit measured", "no request failed before or after the outage");

    private static final String CLOCK_AHEAD = """
            printf '#!/bin/sh\\nexec /usr/bin/date -d "5 minutes" "$@"\\n' >/usr/local/bin/date
            chmod 755 /usr/local/bin/date
            """;
    private static final String CLOCK_BACK = "rm /usr/local/bin/date";

    /** Locales of a C library with a version, where the source has none that PostgreSQL tells. */
    private static final String OTHER_COLLATION = """
            UPDATE pg_collation SET collcollate = 'en_US.UTF-8'
             WHERE collprovider = 'c' AND collcollate NOT IN ('C', 'POSIX')
            """;

    private static final String OWN_COLLATION =
            "UPDATE pg_collation SET collcollate = collctype WHERE collcollate = 'en_US.UTF-8'";

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

    private static final String KILL_POSTGRESQL = """
            kill -9 "$(head -n 1 /var/lib/postgresql/15/main/postmaster.pid)"
            """;

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
            cd /etc/ssh
            cp -a ssh_host_ed25519_key ssh_host_ed25519_key.own
            cp -a ssh_host_ed25519_key.pub ssh_host_ed25519_key.pub.own
            rm ssh_host_ed25519_key ssh_host_ed25519_key.pub
            ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key
            systemctl restart ssh
            pkill -f '^sshd: '
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
                    .allSatisfy(message -> assertThat(message).contains("new").contains("300."));
            session.lab().shell("new", CLOCK_BACK);
            session.lab().sql("new", "postgres", OWN_COLLATION);
            session.lab().shell("old", certificate);
            unchanged(before, Ground.record(session));
        }
    }

    @Test
    @Tag("long") // four minutes
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
            killedInTheFirstCopy(session, operator, breakpoints);
            killedInTheRehearsal(session, operator, breakpoints);

            operator.awaitGate();
            Ground atTheGate = changedTables(session, before);
            openTransaction(lab);
            Breakpoint last = new Breakpoint(FINAL_COPY, Breakpoint.Moment.DURING);
            breakpoints.set(last);
            operator.approve();
            reached(breakpoints, last);
            killed(session, operator, breakpoints, "new", FINAL_COPY);
            operator.awaitSoak();
            assertThat(lab.shell("old", "systemctl is-active lab-transaction || true")
                            .strip())
                    .as("the transaction that was open")
                    .isNotEqualTo("active");
            lab.shell("old", KILL_POSTGRESQL);
            lab.shell("old", START_POSTGRESQL);
            operator.finish();
            MigrationView end = operator.ended();

            lab.shell("new", CLOCK_BACK);
            lab.sql("new", "postgres", OWN_COLLATION);
            lab.shell("old", NO_SMALL_DISK_FOR_STATE);
            assertPassed(
                    end,
                    new MoveAudit(session, atTheGate, trafficBegan, end)
                            .checks().stream()
                                    .filter(check -> !HURT.contains(check.name()))
                                    .toList());
        }
    }

    @Test
    @Tag("long") // three minutes
    void shouldGoBackFromBrokenConfigurationsAndChangedHostKey() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            LabHost lab = session.lab();
            Ground before = Ground.record(session);

            // On the source: nothing is held when it is noticed.
            Operator first = Operator.start(session.api(), spec(session));
            first.awaitGate();
            lab.shell("old", BREAK_NGINX);
            first.approve();
            Waiting broken = asks(first, "nginx");
            first.decide(broken.step(), "roll-back");
            goneBack(first.ended());
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
            goneBack(second.ended());
            unchanged(before, Ground.record(session));

            // A host key that changes in the middle is never accepted, and never asked again by itself.
            Operator third = Operator.start(session.api(), spec(session));
            third.awaitGate();
            lab.shell("new", OTHER_HOST_KEY);
            third.approve();
            Waiting changed = asks(third, "host key");
            Path root = session.environment().labHome().resolve("hosts/new/root/root");
            Files.createFile(root.resolve("own-key"));
            await("the own host key again", () -> !Files.exists(root.resolve("other-key")));
            third.decide(changed.step(), "roll-back");
            goneBack(third.ended());
            unchanged(before, Ground.record(session));
        }
    }

    // ---- faults ----

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
    }

    /** It is said, and tried again until somebody has made room. */
    private static void fullTarget(LabSession session, Operator operator, Breakpoints breakpoints) throws Exception {
        session.lab().shell("new", fill("/var/lib/postgresql/15/main", 8));
        breakpoints.clear();
        failing(session, operator, FIRST_COPY, "No space left on device");
        breakpoints.set(new Breakpoint(FIRST_COPY, Breakpoint.Moment.DURING));
        session.lab().shell("new", "rm /var/lib/postgresql/15/main/filler");
        session.lab().shell("new", START_POSTGRESQL);
    }

    private static void killedInTheFirstCopy(LabSession session, Operator operator, Breakpoints breakpoints)
            throws Exception {
        reached(breakpoints, new Breakpoint(FIRST_COPY, Breakpoint.Moment.DURING));
        awaitCronHasRun();
        killed(session, operator, breakpoints, "old", FIRST_COPY);
    }

    private static void killedInTheRehearsal(LabSession session, Operator operator, Breakpoints breakpoints)
            throws Exception {
        Breakpoint compare = new Breakpoint("rehearse-compare", Breakpoint.Moment.BEFORE);
        breakpoints.set(compare);
        reached(breakpoints, compare);
        killed(session, operator, breakpoints, "new", "rehearse-compare");
    }

    /** It is noticed, and what was interrupted is done again when PostgreSQL is back. */
    private static void killed(LabSession session, Operator operator, Breakpoints breakpoints, String host, String step)
            throws Exception {
        session.lab().shell(host, KILL_POSTGRESQL);
        breakpoints.clear();
        failing(session, operator, step, "");
        session.lab().shell(host, START_POSTGRESQL);
    }

    /** Ten minutes long, with a lock that nobody else gets. */
    private static void openTransaction(LabHost lab) {
        lab.shell("old", """
                systemd-run --quiet --unit=lab-transaction runuser -u postgres -- psql -X -d shop \\
                    -c 'BEGIN' -c 'LOCK TABLE settings' -c 'SELECT pg_sleep(600)'
                """);
    }

    /** Between the first copy and the last: a new table with rows, and a new column. */
    private static Ground changedTables(LabSession session, Ground before) throws Exception {
        session.lab().sql("old", "shop", """
                SET ROLE shop;
                CREATE TABLE latecomers (id serial PRIMARY KEY, name text NOT NULL);
                INSERT INTO latecomers (name) SELECT 'number ' || n FROM generate_series(1, 1000) n;
                ALTER TABLE suppliers ADD COLUMN phone text NOT NULL DEFAULT 'unknown';
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
        assertThat(view.serving()).as("the side that serves").isNotEqualTo(Side.TARGET);
        assertThat(view.pastPivot()).isFalse();
        return waiting;
    }

    /** Waits until the status tells that an attempt of a step has failed, and why. */
    private static void failing(LabSession session, Operator operator, String step, String words) throws Exception {
        await(step + " to fail with '" + words + "'", () -> {
            try {
                return session.api().status(operator.id()).steps().stream()
                        .filter(each -> each.id().equals(step))
                        .map(each -> each.activity() == null ? null : each.activity())
                        .filter(Objects::nonNull)
                        .map(ActivityView::lastFailure)
                        .anyMatch(failure -> failure != null && failure.contains(words));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
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

    private static void goneBack(MigrationView end) {
        assertThat(end.outcome()).as("%s", end.endReason()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.serving()).isEqualTo(Side.SOURCE);
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
