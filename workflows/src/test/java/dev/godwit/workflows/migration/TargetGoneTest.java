package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.Serving;
import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Going back from a target that is gone: one look, the source first, one decision. */
class TargetGoneTest {
    private final Desk desk = new Desk();

    @BeforeEach
    void loseTheTarget() {
        desk.hands.loseServerOf("reach target");
        steps(Side.TARGET).forEach(id -> desk.hands.loseServerOf("undo " + id));
        desk.hands.loseServerOf("undo link-hosts");
    }

    @AfterEach
    void close() {
        desk.close();
    }

    private static List<String> steps(Side side) {
        return Planner.plan(Specs.shop(Gates.Cutover.NONE), Specs.facts()).steps().stream()
                .filter(step -> step.step().on() == side && step.step().undo() != null)
                .map(PlannedStep::id)
                .toList();
    }

    @Test
    void shouldAskNothingOfTheTargetAndOneDecisionForAllThatNeedsIt() {
        desk.hands.failForGood("act check-target");
        WorkflowStub started = desk.start();
        desk.awaitDecision("check-target");
        desk.decide(Choice.ROLL_BACK);
        Waiting waiting = desk.awaitUndoDecision();

        assertThat(desk.migration.status().serving()).isEqualTo(Serving.SOURCE);
        assertThat(desk.hands.asked())
                .as("of a target that is gone")
                .noneMatch(call -> steps(Side.TARGET).stream().anyMatch(id -> call.equals("undo " + id)));
        assertThat(desk.hands.attempts("undo link-hosts"))
                .as("its half on the source is taken back; the other one is not waited for")
                .isEqualTo(Patience.UNDO_AT_ONCE.attempts());
        List<String> asked = desk.hands.asked();
        assertThat(asked.lastIndexOf("undo serve-page"))
                .as("the source serves after one short look for the target")
                .isLessThan(nth(asked, "reach target", Patience.UNDO_AT_ONCE.attempts() + 1));
        assertThat(waiting.reason())
                .contains("start-service", "copy-database-first-shop", "install-site", "link-hosts");
        desk.decide(Choice.SKIP);

        MigrationStatus end = Desk.end(started);
        assertThat(end.endReason()).contains("not taken back: start-service", "link-hosts");
        assertThat(desk.migration.journal())
                .filteredOn(entry -> entry.event().startsWith("decided SKIP"))
                .hasSize(1);
    }

    @Test
    void shouldPutTheSourceBackAfterOneDecisionOncePastThePivot() {
        desk.hands.failForGood("act point-dns");
        WorkflowStub started = desk.start();
        desk.awaitDecision("point-dns");
        desk.rollBack(true);
        Waiting waiting = desk.awaitUndoDecision();

        assertThat(waiting.reason()).contains("install-crontabs", "start-jobs", "start-service", "install-site");
        assertThat(desk.hands.calls("undo"))
                .as("the source does not come to life beside a target that may live")
                .doesNotContain("serve-page", "stop-service");
        int looks = Math.toIntExact(desk.hands.attempts("reach target"));
        desk.decide(Choice.SKIP);

        MigrationStatus end = Desk.end(started);
        assertThat(end.serving()).isEqualTo(Serving.SOURCE);
        assertThat(desk.hands.calls("undo")).contains("forward-requests", "serve-page", "stop-service");
        assertThat(desk.hands.attempts("reach target")).as("after the decision").isEqualTo(looks);
        assertThat(desk.hands.attempts("undo link-hosts")).isEqualTo(Patience.UNDO_AT_ONCE.attempts());
        assertThat(desk.migration.journal())
                .filteredOn(entry -> entry.event().startsWith("decided SKIP"))
                .hasSize(1);
    }

    @Test
    void shouldTakeAllBackWhenTheTargetComesBack() {
        desk.hands.failForGood("act check-target");
        WorkflowStub started = desk.start();
        desk.awaitDecision("check-target");
        desk.decide(Choice.ROLL_BACK);
        desk.awaitUndoDecision();
        desk.hands.mend("reach target");
        steps(Side.TARGET).forEach(id -> desk.hands.mend("undo " + id));
        desk.hands.mend("undo link-hosts");
        desk.decide(Choice.RETRY);

        MigrationStatus end = Desk.end(started);
        assertThat(end.endReason()).doesNotContain("not taken back");
        assertThat(desk.hands.calls("undo")).contains("copy-database-first-shop", "install-site", "link-hosts");
    }

    private static int nth(List<String> calls, String call, int number) {
        int found = 0;
        for (int index = 0; index < calls.size(); index++) {
            if (calls.get(index).equals(call) && ++found == number) {
                return index;
            }
        }
        throw new AssertionError("Expected " + number + " of '" + call + "', but found " + calls);
    }
}
