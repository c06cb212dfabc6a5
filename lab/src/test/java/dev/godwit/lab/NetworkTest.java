package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import dev.godwit.lab.Breakpoint.Moment;
import dev.godwit.workflows.step.Serving;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that fail under a migration: it goes on when they are whole again, or goes back by itself. */
class NetworkTest extends LabTest {
    private static final Map<String, String> WITH_BREAKPOINTS = Map.of(Breakpoints.PROPERTY, "true");

    /** How long a trouble lasts. It is time itself that is waited for: nobody tells when enough was tried in vain. */
    private static final Duration AWHILE = Duration.ofSeconds(25);

    /** How often an undo is tried before those of the other server get their turn (StepOptions). */
    private static final int AT_ONCE = 3;

    private static final String TIME_TO_NEW = """
            python3 -c '
            import socket, time
            start = time.monotonic()
            socket.create_connection(("new.example.org", 22)).close()
            print((time.monotonic() - start) * 1000)
            '
            """;

    /** RFC 4022, tcpOutSegs and tcpRetransSegs, of its network alone; the first line has the names. */
    private static final String SENT_AGAIN = """
            awk '/^Tcp: [0-9]/ { print 100 * $13 / $12 }' /proc/net/snmp
            """;

    private static final Duration DNS_IS_KNOWN = Duration.ofSeconds(60);
    private static final Duration LATELY = Duration.ofSeconds(3);
    private static final Duration JOB_BEGINS = Duration.ofSeconds(30);

    private interface Change {
        void on(LabHost lab) throws InterruptedException;
    }

    /**
     * What happens to the network around a step.
     *
     * @param inItsJob when the step's job runs on the target, and not when the step is about to act
     * @param slowedBy by how much a step is slowed that goes on under it; null if none gets to its end under it
     */
    private record Trouble(
            String step,
            boolean inItsJob,
            Change begins,
            Change ends,
            @Nullable Duration slowedBy) {
        Trouble(String step, Change begins, Change ends) {
            this(step, false, begins, ends, null);
        }

        static Trouble slow(String step, Duration delay, String host) {
            return new Trouble(step, false, lab -> lab.delay(delay, 0, host), LabHost::heal, delay);
        }

        static Trouble cut(String step, String one, String other) {
            return new Trouble(step, lab -> lab.cut(one, other), LabHost::heal);
        }

        static Trouble cutWhenTheClientKnows(String step, String one, String other) {
            return new Trouble(
                    step,
                    lab -> {
                        awaitClientAtTheTarget(lab);
                        lab.cut(one, other);
                    },
                    LabHost::heal);
        }

        static Trouble cutInJob(String step, String one, String other) {
            return new Trouble(step, true, lab -> lab.cut(one, other), LabHost::heal, null);
        }

        /** Else the trouble was none, and the test tells nothing. */
        void assertFelt(MigrationView end, Instant over) {
            StepView felt = end.steps().stream()
                    .filter(each -> each.id().equals(step))
                    .findFirst()
                    .orElseThrow();
            if (slowedBy == null) {
                assertThat(felt.endedAt()).as("the end of %s", felt).isAfter(over);
            } else {
                assertThat(Duration.between(felt.startedAt(), felt.endedAt()))
                        .as("how long %s took", felt)
                        .isGreaterThan(slowedBy);
            }
        }

        Breakpoint point() {
            return new Breakpoint(step, Moment.BEFORE);
        }
    }

    @Test
    void shouldGoOnWithTheSameDumpWhenGodwitLosesTheTargetInTheMiddleOfIt() throws Exception {
        moveThrough(List.of(Trouble.cutInJob(FINAL_COPY, "godwit", "new")), true);
    }

    @ParameterizedTest
    @CsvSource({
        "godwit, old, fence-database-shop, check-forwarded",
        "godwit, new, start-service, start-jobs",
        "old, new, copy-files-final-uploads, soak"
    })
    @Tag("long")
    void shouldGoOnWhenAPathIsCutForAWhile(String one, String other, String beforePivot, String afterPivot)
            throws Exception {
        moveThrough(
                List.of(
                        Trouble.cutInJob(FIRST_COPY, one, other),
                        Trouble.cut(beforePivot, one, other),
                        // Whoever still asks the old server is forwarded over the path that is cut.
                        one.equals("godwit")
                                ? Trouble.cut(afterPivot, one, other)
                                : Trouble.cutWhenTheClientKnows(afterPivot, one, other)),
                // A dump whose own path was cut may have to begin again.
                one.equals("godwit"),
                // Who is forwarded over the path that is cut gets errors.
                one.equals("godwit") ? Set.of() : Set.of(Outside.FORWARDED));
    }

    @Test
    @Tag("long")
    void shouldRollBackByItselfWhenTheServersStayApartBeforeThePivot() throws Exception {
        goBackFromACut("old", "new", (mover, lab) -> {});
    }

    /** Only the source can end its page: there is nothing that could be done without it. */
    @Test
    @Tag("long")
    void shouldGoOnGoingBackUntilTheSourceIsReachedAgainWhenGodwitLosesItWhileThePageIsUp() throws Exception {
        goBackFromACut("godwit", "old", (mover, lab) -> {
            MigrationView waits = mover.follow(view -> view.undoing() && isPatient(view));
            assertThat(waits.outcome()).isNull();
            assertThat(waits.serving()).isEqualTo(Serving.PAGE);
            lab.heal();
        });
    }

    private interface Meanwhile {
        void happens(Mover mover, LabHost lab) throws Exception;
    }

    /** A path is cut while the page is up, and nobody decides. */
    private void goBackFromACut(String one, String other, Meanwhile meanwhile) throws Exception {
        String step = "forward-requests";
        try (LabSession session = open(Rows.SMALL, WITH_BREAKPOINTS)) {
            Mover mover = new Mover(session, terminal, Duration.ofSeconds(10));
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            Breakpoint point = new Breakpoint(step, Moment.BEFORE);
            breakpoints.set(point);
            mover.start();
            mover.approve();
            await(mover, breakpoints, point);
            session.lab().cut(one, other);
            breakpoints.clear();
            meanwhile.happens(mover, session.lab());
            MigrationView end = mover.ended();
            session.lab().heal();
            assertPassed(end, new RollBackAudit(session, before, end, step, "nobody decided within 10s").checks());
        }
    }

    /** Whether something has been tried in vain more often than an undo is at once. */
    private static boolean isPatient(MigrationView view) {
        return view.steps().stream()
                .flatMap(each -> Stream.ofNullable(each.activity()))
                .anyMatch(activity -> activity.lastFailure() != null && activity.attempt() > AT_ONCE);
    }

    @Test
    @Tag("long")
    void shouldGoOnWithTheSameDumpWhenSshSessionsDropInTheMiddleOfIt() throws Exception {
        try (LabSession session = open(Rows.FULL)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            mover.start();
            mover.follow(LabTest::hasCopiedSome);
            // All of root's sessions on the target but the one that does it.
            String dropped = session.lab().shell("new", """
                    own=$PPID; dropped=0
                    for session in $(pgrep -f '^sshd: root@'); do
                      [ "$session" = "$own" ] || { kill -KILL "$session" && dropped=$((dropped + 1)); }
                    done
                    echo "$dropped"
                    """).strip();
            assertThat(Integer.parseInt(dropped)).as("sessions dropped").isPositive();
            assertThat(unitsOf(session, FIRST_COPY)).as("copies at work").isEqualTo(1);

            mover.approve();
            assertMoved(session, mover, before);
            assertOneDumpForEachCopy(session);
        }
    }

    @Test
    @Tag("long")
    void shouldMoveWhenTheNameServersDisagreeAndOneRefuses() throws Exception {
        moveThrough(
                List.of(
                        // The primary takes the update and cannot tell the secondary.
                        Trouble.cut("lower-ttl", "ns1", "ns2"),
                        new Trouble("point-dns", lab -> lab.shell("ns2", """
                                sed -i 's/^options {/&\\n\\tallow-query { none; };/' /etc/bind/named.conf.options
                                rndc reconfig
                                """), lab -> lab.shell("ns2", """
                                sed -i '/allow-query { none; };/d' /etc/bind/named.conf.options
                                rndc reconfig
                                """))),
                true);
    }

    @Test
    @Tag("long")
    void shouldMoveWhenANameServerIsSlow() throws Exception {
        Duration delay = Duration.ofMillis(1500);
        moveThrough(List.of(Trouble.slow("lower-ttl", delay, "ns2"), Trouble.slow("point-dns", delay, "ns2")), true);
    }

    /**
     * 200 ms is the way there and back. One stream of TCP that loses a frame in twenty carries some 40 kB/s then, so the
     * site is a small one.
     */
    @Test
    @Tag("long")
    void shouldMoveOverASlowNetworkThatLosesFrames() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            session.lab().shell("old", "cd /srv/shop/uploads && rm -rf video* latest.mp4 [0-9a-e]");
            session.lab().sql("old", "shop", """
                    TRUNCATE attachments, page_views, reviews, payments, shipments, order_items, audit_log;
                    REFRESH MATERIALIZED VIEW sales_by_product;
                    """);
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            session.lab().delay(Duration.ofMillis(100), 5);
            assertThat(Double.parseDouble(session.lab().shell("old", TIME_TO_NEW)))
                    .as("milliseconds to the other server and back")
                    .isGreaterThan(200);
            mover.plan();
            mover.start();
            mover.approve();
            mover.soak(Duration.ofSeconds(5));
            MigrationView end = mover.finish();
            assertThat(Double.parseDouble(session.lab().shell("old", SENT_AGAIN)))
                    .as("segments that old had to send again, in per cent")
                    .isGreaterThan(1);
            session.lab().heal();
            assertPassed(
                    end,
                    new MoveAudit(session, before, mover.trafficBegan(), end)
                            .checks().stream()
                                    // Each of the two is measured over this network.
                                    .filter(check -> !check.name().equals(Outside.SAME_OUTAGE))
                                    .toList());
            assertOneDumpForEachCopy(session);
        }
    }

    /** A whole move, with one trouble after another, each of which passes. */
    private void moveThrough(List<Trouble> troubles, boolean oneDump) throws Exception {
        moveThrough(troubles, oneDump, Set.of());
    }

    /**
     * A whole move, with one trouble after another, each of which passes.
     *
     * @param hurt names of checks that cannot hold, and do not
     */
    private void moveThrough(List<Trouble> troubles, boolean oneDump, Set<String> hurt) throws Exception {
        try (LabSession session = open(Rows.SMALL, WITH_BREAKPOINTS)) {
            Mover mover = new Mover(session, terminal);
            Breakpoints breakpoints = new Breakpoints(session.godwit().data());
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            breakpoints.set(troubles.getFirst().point());
            mover.start();
            Map<Trouble, Instant> over = new LinkedHashMap<>();
            for (Trouble trouble : troubles) {
                await(mover, breakpoints, trouble.point());
                if (!trouble.inItsJob()) {
                    trouble.begins().on(session.lab());
                }
                troubles.stream()
                        .skip(troubles.indexOf(trouble) + 1L)
                        .findFirst()
                        .ifPresentOrElse(next -> breakpoints.set(next.point()), breakpoints::clear);
                if (trouble.inItsJob()) {
                    awaitJob(session, trouble.step());
                    trouble.begins().on(session.lab());
                }
                terminal.event("trouble with the network at " + trouble.step());
                Thread.sleep(AWHILE);
                over.put(trouble, Instant.now());
                trouble.ends().on(session.lab());
                terminal.event("the network is whole again");
            }
            mover.soak(Duration.ofSeconds(5));
            MigrationView end = mover.finish();
            List<Check> checks = new MoveAudit(session, before, mover.trafficBegan(), end).checks();
            assertPassed(
                    end,
                    checks.stream()
                            .filter(check -> !hurt.contains(check.name()))
                            .toList());
            assertThat(checks.stream().filter(check -> !check.passed()).map(Check::name))
                    .as("checks that failed")
                    .containsExactlyInAnyOrderElementsOf(hurt);
            over.forEach((trouble, moment) -> trouble.assertFelt(end, moment));
            if (oneDump) {
                assertOneDumpForEachCopy(session);
            }
        }
    }

    private static void awaitClientAtTheTarget(LabHost lab) throws InterruptedException {
        String target = lab.environment().target().address();
        assertThat(Await.until(DNS_IS_KNOWN, Duration.ofSeconds(1), () -> {
                    double since = (System.currentTimeMillis() - LATELY.toMillis()) / 1000.0;
                    Set<String> asked = lab.trafficReport(since, Double.POSITIVE_INFINITY)
                            .answeredBy()
                            .keySet();
                    return !asked.isEmpty() && asked.stream().allMatch(each -> each.startsWith(target + " "));
                }))
                .as("whether the client asks %s", target)
                .isTrue();
    }

    private static void awaitJob(LabSession session, String step) throws InterruptedException {
        assertThat(Await.until(JOB_BEGINS, Duration.ofMillis(20), () -> unitsOf(session, step) == 1))
                .as("whether the job of %s runs", step)
                .isTrue();
    }
}
