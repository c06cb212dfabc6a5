package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.hooks.HookStep;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Phase;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import io.temporal.workflow.WorkflowInit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A migration that waits for days meets a newer build, whose planner has a step more. */
class UpgradeTest {
    private static final String NEW_STEP = "new-step";

    static Stream<Path> histories() {
        return ReplayTest.histories();
    }

    /** Each task of a history is one at which a newer build may take over, those after the gate among them. */
    @ParameterizedTest
    @MethodSource("histories")
    void shouldCarryOnThePlanThatWasMadeBeforeTheUpgrade(Path history) throws Exception {
        ReplayTest.replay(history, NewerBuild.class);
    }

    @Test
    void shouldCarryOnAMigrationThatWaitsAtItsGateWhenANewerBuildTakesOver() {
        RecordingHands hands = new RecordingHands();
        try (TestEngine engine = new TestEngine(hands, TestEngine.NO_CACHE)) {
            MigrationWorkflow migration = engine.migration("shop.example.org");
            WorkflowClient.start(
                    migration::migrate, new MigrationRequest("shop-1", Specs.shop(), null, "ann", "old server is old"));
            while (migration.status().waiting() == null
                    || migration.status().waiting().what() != Waiting.For.APPROVAL) {
                engine.environment().sleep(Duration.ofSeconds(1));
            }
            String hash = Objects.requireNonNull(migration.status().planHash());
            engine.upgrade(NewerBuild::new);
            engine.say(() -> migration.approve(new Command.Approve("ann", "go", hash)));

            MigrationStatus end = WorkflowStub.fromTyped(migration).getResult(MigrationStatus.class);
            assertThat(end.end()).isEqualTo(End.FINISHED);
            assertThat(end.planHash()).isEqualTo(hash);
            assertThat(end.steps()).extracting(StepStatus::state).containsOnly(StepState.DONE);
            assertThat(hands.calls("act")).doesNotContain(NEW_STEP).contains("forward-requests", "clean-up");
        }
    }

    @Test
    void shouldPlanTheNewStepWhenAMigrationStartsAfterTheUpgrade() {
        RecordingHands hands = new RecordingHands();
        try (TestEngine engine = new TestEngine(hands, TestEngine.CACHE, NewerBuild::new)) {
            MigrationWorkflow migration = engine.migration("shop.example.org");
            WorkflowClient.start(
                    migration::migrate,
                    new MigrationRequest("shop-1", Specs.shop(Gates.Cutover.NONE), null, "ann", "old server is old"));

            MigrationStatus end = WorkflowStub.fromTyped(migration).getResult(MigrationStatus.class);
            assertThat(end.end()).isEqualTo(End.FINISHED);
            assertThat(hands.calls("act")).contains(NEW_STEP);
        }
    }

    /** The same workflow, planned by a later version. */
    public static final class NewerBuild extends MigrationWorkflowImpl {
        @WorkflowInit
        public NewerBuild(MigrationRequest request) {
            super(request, NewerBuild::plan);
        }

        private static Plan plan(Spec spec, Facts facts) {
            List<PlannedStep> steps = new ArrayList<>(Planner.plan(spec, facts).steps());
            steps.addFirst(new PlannedStep(
                    NEW_STEP,
                    Phase.PREPARE,
                    0,
                    new HookStep.RunHook(Side.TARGET, "true", null, Duration.ofMinutes(1), Hook.Effect.NONE),
                    Duration.ZERO));
            return new Plan("1".repeat(64), steps);
        }
    }
}
