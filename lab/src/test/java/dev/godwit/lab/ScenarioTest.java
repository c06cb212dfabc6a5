package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.api.migration.MigrationView;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Godwit does on real servers, asked of the servers and of a client outside. */
class ScenarioTest extends LabTest {
    @Test
    void shouldMoveLiveSiteCompletely() throws Exception {
        try (LabSession session = open(Rows.SMALL)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            mover.start();
            mover.approve();
            record(session, assertMoved(session, mover, before), "finished");
        }
    }

    @Test
    void shouldLeaveSourceAsItWasWhenCutoverFailsInTheMiddle() throws Exception {
        String step = "verify-database-shop";
        try (LabSession session = open(Rows.SMALL, Map.of(FailAtInterceptor.PROPERTY, step))) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            mover.start();
            MigrationView end = mover.rollBackWhenItFails(step);
            assertPassed(end, new RollBackAudit(session, before, end, step, FailAtInterceptor.MESSAGE).checks());
            record(session, end, "rolled-back-in-the-cutover");
        }
    }

    @Test
    void shouldGoOnWithTheSameDumpWhenAllOfGodwitIsKilledInTheMiddleOfIt() throws Exception {
        try (LabSession session = open(Rows.FULL)) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            mover.plan();
            mover.start();
            mover.follow(LabTest::hasCopiedSome);
            session.killGodwit();
            assertThat(unitsOf(session, FIRST_COPY))
                    .as("the copy goes on without Godwit")
                    .isEqualTo(1);
            session.startGodwitAgain();

            mover.approve();
            assertMoved(session, mover, before);
            assertOneDumpForEachCopy(session);
        }
    }
}
