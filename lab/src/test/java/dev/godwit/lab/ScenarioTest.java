package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.workflows.migration.StepState;
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
            assertMoved(session, mover, before);
        }
    }

    @Test
    void shouldLeaveSourceAsItWasWhenCutoverFailsInTheMiddle() throws Exception {
        String step = "verify-database-shop";
        try (LabSession session = open(Rows.SMALL, Map.of(FailAtInterceptor.PROPERTY, step))) {
            Mover mover = new Mover(session, terminal);
            Ground before = Ground.record(session);
            mover.startTraffic();
            PlanView plan = mover.plan();
            mover.start();
            MigrationView end = mover.rollBackWhenItFails(step, plan);
            assertPassed(end, new RollBackAudit(session, before, end, step, FailAtInterceptor.MESSAGE).checks());
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
            mover.follow(ScenarioTest::hasCopiedSome);
            session.killGodwit();
            assertThat(unitsOf(session, FIRST_COPY))
                    .as("the copy goes on without Godwit")
                    .isEqualTo(1);
            session.startGodwitAgain();

            mover.approve();
            assertMoved(session, mover, before);
            // Who counts is the target's systemd, which starts each dump and its restore as one unit.
            assertThat(startsOf(session, FIRST_COPY))
                    .as("starts of the first copy")
                    .isEqualTo(1);
            assertThat(startsOf(session, FINAL_COPY))
                    .as("starts of the final copy")
                    .isEqualTo(1);
        }
    }

    private static boolean hasCopiedSome(MigrationView view) {
        return view.steps().stream()
                .filter(step -> step.id().equals(FIRST_COPY) && step.state() == StepState.RUNNING)
                .map(step -> step.activity() == null ? null : step.activity().doneBytes())
                .anyMatch(bytes -> bytes != null && bytes > 0);
    }
}
