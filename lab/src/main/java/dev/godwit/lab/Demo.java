package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The demo: a live site moves from one real server to another, or fails on the way and is back where it was. */
final class Demo {
    private final Terminal terminal;
    private final Rows rows;
    private final Duration soak;
    private final @Nullable String failAt;
    private final boolean keep;

    /**
     * A demo.
     *
     * @param soak how long it soaks before the demo says finish
     * @param failAt the step that fails for good; null for none
     * @param keep whether everything stays at the end
     */
    Demo(Terminal terminal, Rows rows, Duration soak, @Nullable String failAt, boolean keep) {
        this.terminal = terminal;
        this.rows = rows;
        this.soak = soak;
        this.failAt = failAt;
        this.keep = keep;
    }

    /** Runs it; whether every check has passed. */
    boolean run() throws IOException, InterruptedException {
        LabLock lock = LabLock.take(terminal);
        removeOldLab();
        terminal.heading("Servers: old, new, ns1, ns2, client; a live site with " + rows + " rows on old");
        LabSession session = LabSession.open(
                terminal,
                lock,
                rows,
                DemoSpec.TTL,
                failAt == null ? Map.of() : Map.of(FailAtInterceptor.PROPERTY, failAt));
        boolean passed = false;
        boolean ended = false;
        try {
            passed = failAt == null ? move(session) : failAndComeBack(session, failAt);
            ended = true;
            return passed;
        } finally {
            if (!passed) {
                keepLog(session);
            }
            if (keep) {
                if (ended) {
                    session.lab().startTraffic();
                }
                // Also when something broke: that is when one wants to look.
                session.keep();
                sayWhatIsLeft(session);
            } else {
                terminal.heading("Taking everything down");
                session.close();
            }
            terminal.event("the demo took " + Words.time(terminal.elapsed()));
        }
    }

    // ---- the story ----

    private boolean move(LabSession session) throws IOException, InterruptedException {
        Move move = Move.whole(session, terminal, soak);
        return new Report(terminal).of(move.end(), move.checks());
    }

    private boolean failAndComeBack(LabSession session, String step) throws IOException, InterruptedException {
        Mover mover = new Mover(session, terminal);
        Ground before = Ground.record(session);
        terminal.event("recorded what is there: " + before.summary());
        mover.startTraffic();
        mover.plan();
        mover.start();
        MigrationView end = mover.rollBackWhenItFails(step);
        List<Check> checks = new RollBackAudit(session, before, end, step, FailAtInterceptor.MESSAGE).checks();
        return new Report(terminal).of(end, checks);
    }

    // ---- around it ----

    private void removeOldLab() {
        LabHost lab = new LabHost();
        if (lab.isThere()) {
            terminal.event("a lab is left from before; it is taken down first");
            lab.down();
        }
    }

    private void keepLog(LabSession session) throws IOException {
        Path copy = Files.createTempFile("godwit-demo-failed-", ".log");
        Files.copy(session.godwit().console(), copy, StandardCopyOption.REPLACE_EXISTING);
        terminal.event("Godwit's log is kept in " + copy);
    }

    private void sayWhatIsLeft(LabSession session) {
        GodwitProcess godwit = session.godwit();
        terminal.heading("Everything is left running");
        terminal.text("""
                API              %1$s/api/v1   (its pages: %1$s/docs)
                token            %2$s
                                 curl -H "Authorization: Bearer $(cat %2$s)" %1$s/api/v1/migrations
                Temporal's pages %3$s
                log              %4$s
                servers          ./godwit lab ssh old   (new, ns1, ns2, client)
                traffic          ./godwit lab traffic report; it goes on until: ./godwit lab traffic stop
                down             kill %5$d; ./godwit lab down; rm -r %6$s""".formatted(
                godwit.url(), godwit.tokenFile(), godwit.engineUi(), godwit.console(), godwit.pid(), godwit.data()));
    }
}
