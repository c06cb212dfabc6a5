package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.step.Serving;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bound on the outage, whoever approves, and if nobody has to. */
class BudgetTest {
    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    /** The database is estimated at 40 seconds in the outage, and its first copy takes far less in this test. */
    @ParameterizedTest
    @EnumSource
    void shouldBeginNoCutoverThatIsPredictedToLastTooLong(Gates.Cutover gate) {
        WorkflowStub started =
                desk.start(Specs.shop(gate, List.of(), new Budget(Duration.ofMillis(1), Specs.DECISION)));
        Waiting waiting = desk.awaitDecision("keep-budget");

        assertThat(waiting.reason()).contains("OVER_BUDGET", "at most 1ms", "budget.outage");
        assertThat(waiting.options()).containsExactly(Choice.RETRY, Choice.ROLL_BACK);
        assertThat(desk.migration.status().serving()).isEqualTo(Serving.SOURCE);
        desk.decide(Choice.ROLL_BACK);
        assertThat(Desk.end(started).end()).isEqualTo(End.ROLLED_BACK);
        assertThat(desk.hands.calls("act")).doesNotContain("stop-jobs", "serve-page");
    }

    /** Nobody was at work while it waited for a person. */
    @Test
    void shouldNotTakeAWaitForAPersonForTheTimeOfTheCopy() {
        desk.hands.failForGood("act copy-database-first-shop");
        WorkflowStub started = desk.start(
                Specs.shop(Gates.Cutover.NONE, List.of(), new Budget(Duration.ofSeconds(30), Specs.DECISION)));
        desk.awaitDecision("copy-database-first-shop");
        desk.sleep(Duration.ofHours(8));
        desk.hands.mend("act copy-database-first-shop");
        desk.decide(Choice.RETRY);

        assertThat(Desk.end(started).end()).isEqualTo(End.FINISHED);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE")
    void shouldPredictAnewFromWhatTheFirstCopyTook(Gates.Cutover gate) {
        // By the estimate of the plan alone, 33 s, it would not begin.
        WorkflowStub started =
                desk.start(Specs.shop(gate, List.of(), new Budget(Duration.ofSeconds(30), Specs.DECISION)));

        MigrationStatus end = Desk.end(started);
        assertThat(end.end()).isEqualTo(End.FINISHED);
        assertThat(Desk.state(end, "keep-budget")).isEqualTo(StepState.DONE);
    }
}
