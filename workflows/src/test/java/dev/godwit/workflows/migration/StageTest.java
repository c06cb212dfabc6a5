package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Steps of one stage: copy-database-final-shop beside copy-files-final-uploads. */
class StageTest {
    private static final String DATABASE = "copy-database-final-shop";
    private static final String FILES = "copy-files-final-uploads";

    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    @Test
    void shouldRunTheStepsOfAStageAtTheSameTime() {
        var database = desk.hands.hold("act " + DATABASE);
        var files = desk.hands.hold("act " + FILES);
        WorkflowStub started = desk.start();
        desk.awaitCall("act " + DATABASE);
        desk.awaitCall("act " + FILES);

        assertThat(Desk.state(desk.migration.status(), DATABASE)).isEqualTo(StepState.RUNNING);
        assertThat(Desk.state(desk.migration.status(), FILES)).isEqualTo(StepState.RUNNING);
        files.letGo();
        desk.awaitStatus(status -> Desk.state(status, FILES) == StepState.DONE);
        assertThat(desk.hands.calls("act")).as("the next stage").doesNotContain("set-sequences-shop");
        database.letGo();
        assertThat(Desk.end(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldAskAtOnceAboutAStepThatFailsWhileAnotherGoesOn() {
        var database = desk.hands.hold("act " + DATABASE);
        desk.hands.failForGood("act " + FILES);
        WorkflowStub started = desk.start();
        desk.awaitCall("act " + DATABASE);
        desk.awaitDecision(FILES);

        assertThat(Desk.state(desk.migration.status(), DATABASE)).isEqualTo(StepState.RUNNING);
        desk.hands.mend("act " + FILES);
        desk.decide(Choice.RETRY);
        desk.awaitStatus(status -> Desk.state(status, FILES) == StepState.DONE);
        database.letGo();
        assertThat(Desk.end(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldAskAboutOneStepAfterTheOtherWhenBothFail() {
        desk.hands.failForGood("act " + DATABASE);
        desk.hands.failForGood("act " + FILES);
        WorkflowStub started = desk.start();
        desk.awaitStatus(status -> status.waiting() != null
                && status.waiting().what() == Waiting.For.DECISION
                && Desk.state(status, DATABASE) == StepState.FAILED
                && Desk.state(status, FILES) == StepState.FAILED);
        String first = desk.waiting().step();
        String second = first.equals(FILES) ? DATABASE : FILES;
        List.of(DATABASE, FILES).forEach(step -> desk.hands.mend("act " + step));
        desk.decide(Choice.RETRY);
        desk.awaitDecision(second);
        desk.decide(Choice.RETRY);

        assertThat(Desk.end(started).end()).isEqualTo(End.FINISHED);
    }

    @Test
    void shouldEndTheOthersBeforeItGoesBackFromOne() {
        desk.hands.hang("act " + DATABASE);
        desk.hands.failForGood("act " + FILES);
        WorkflowStub started = desk.start();
        desk.awaitCall("act " + DATABASE);
        desk.awaitDecision(FILES);
        desk.decide(Choice.ROLL_BACK);

        MigrationStatus end = Desk.end(started);
        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).startsWith(FILES + " failed");
        assertThat(end.steps())
                .filteredOn(step -> step.id().equals(DATABASE))
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.state()).isEqualTo(StepState.FAILED);
                    assertThat(step.note()).isEqualTo("interrupted by a rollback");
                });
        assertThat(desk.hands.calls("act")).doesNotContain(DATABASE);
    }

    @Test
    void shouldInterruptAllStepsOfAStageWhenSomebodySaysRollBack() {
        desk.hands.hang("act " + DATABASE);
        desk.hands.hang("act " + FILES);
        WorkflowStub started = desk.start();
        desk.awaitCall("act " + DATABASE);
        desk.awaitCall("act " + FILES);
        desk.rollBack(false);

        MigrationStatus end = Desk.end(started);
        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(end.endReason()).isEqualTo("ann said roll back: enough");
        assertThat(desk.hands.calls("act")).doesNotContain(DATABASE, FILES);
    }
}
