package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A hook is treated as what it says it is. */
class HookEffectTest {
    private final Desk desk = new Desk();

    @AfterEach
    void close() {
        desk.close();
    }

    private static Spec with(Hook... hooks) {
        return Specs.shop(Gates.Cutover.NONE, List.of(hooks), new Budget(null, Specs.DECISION));
    }

    private static Hook hook(Phase phase, String before, Hook.Effect effect) {
        return new Hook(phase, before, null, Side.SOURCE, "run", "undo", Duration.ofMinutes(2), effect);
    }

    @Test
    void shouldKeepWhatAHookHasCopiedOnceVisitorsHaveWrittenIntoIt() {
        desk.hands.failForGood("act point-dns");
        WorkflowStub started = desk.start(with(hook(Phase.CUTOVER, "start-service", Hook.Effect.COPY)));
        desk.awaitDecision("point-dns");
        desk.rollBack(true);

        MigrationStatus end = Desk.end(started);
        assertThat(end.end()).isEqualTo(End.ROLLED_BACK);
        assertThat(desk.hands.calls("undo")).doesNotContain("hook-1").contains("serve-page");
        assertThat(end.steps())
                .filteredOn(step -> step.id().equals("hook-1"))
                .singleElement()
                .satisfies(step -> assertThat(step.note()).contains("kept on the target"));
    }

    @Test
    void shouldTakeBackWhatAHookHasCopiedBeforeAnyVisitorCame() {
        desk.hands.failForGood("act check-target");
        WorkflowStub started = desk.start(with(hook(Phase.CUTOVER, "start-service", Hook.Effect.COPY)));
        desk.awaitDecision("check-target");
        desk.decide(Choice.ROLL_BACK);

        assertThat(Desk.end(started).end()).isEqualTo(End.ROLLED_BACK);
        assertThat(desk.hands.calls("undo")).contains("hook-1");
    }

    @Test
    void shouldKeepThePageUntilAHookThatStopsTheSourceIsTakenBack() {
        desk.hands.failForGood("act check-target");
        desk.hands.failForGood("undo hook-1");
        WorkflowStub started = desk.start(with(hook(Phase.CUTOVER, "stop-service", Hook.Effect.STOPS_SOURCE)));
        desk.awaitDecision("check-target");
        desk.decide(Choice.ROLL_BACK);
        Waiting waiting = desk.awaitUndoDecision();

        assertThat(waiting.step()).isEqualTo("hook-1");
        assertThat(waiting.options()).containsExactly(Choice.RETRY);
        assertThat(desk.migration.status().serving()).isEqualTo(Serving.PAGE);
        desk.hands.mend("undo hook-1");
        desk.decide(Choice.RETRY);
        assertThat(Desk.end(started).serving()).isEqualTo(Serving.SOURCE);
    }

    @Test
    void shouldLetNobodySkipAHookThatMovesDataOrStopsTheSource() {
        desk.hands.failForGood("act hook-1");
        desk.hands.failForGood("act hook-2");
        WorkflowStub started = desk.start(with(
                hook(Phase.PREPARE, "install-site", Hook.Effect.NONE),
                hook(Phase.PREPARE, "copy-files-first-uploads", Hook.Effect.COPY)));

        assertThat(desk.awaitDecision("hook-1").options()).contains(Choice.SKIP);
        desk.decide(Choice.SKIP);
        assertThat(desk.awaitDecision("hook-2").options()).doesNotContain(Choice.SKIP);
        desk.decide(Choice.ROLL_BACK);
        assertThat(Desk.end(started).end()).isEqualTo(End.ROLLED_BACK);
    }
}
