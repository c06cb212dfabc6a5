package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.checks.CheckStep;
import dev.godwit.workflows.checks.InspectChecks;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.checks.Sighting;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.inspection.InspectServers;
import dev.godwit.workflows.inspection.ServerInspection;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.TaskQueue;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that lack a secret, until one is asked that has it. */
class OtherWorkersTest {
    private static final String WORDS = "Expected the secret 'ops' of the worker north, but found none";

    private final TestWorkflowEnvironment engine =
            TestWorkflowEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(GodwitJson.dataConverter())
                            .build())
                    .build());

    private final Workers workers = new Workers();

    @BeforeEach
    void start() {
        engine.newWorker(TaskQueue.NAME)
                .registerWorkflowImplementationTypes(PreflightWorkflowImpl.class, WatchWorkflowImpl.class);
        engine.newWorker(TaskQueue.PREFLIGHT).registerActivitiesImplementations(workers);
        engine.newWorker(TaskQueue.WATCH).registerActivitiesImplementations(workers);
        engine.start();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void shouldLookWithAnother() {
        workers.lacking.set(OtherWorkers.TIMES - 1);

        assertThat(plan().findings()).extracting(Finding::code).containsExactly(FailureType.HOST_UNREACHABLE.code());
    }

    @Test
    void shouldFindWhatNobodyHas() {
        workers.lacking.set(OtherWorkers.TIMES);

        assertThat(plan().findings())
                .containsExactly(Finding.blocker(FailureType.SECRET_NOT_HERE.code(), "source", WORDS, ""));
        assertThat(workers.lacking).hasValue(0);
    }

    @Test
    void shouldActWithAnother() {
        workers.lacking.set(OtherWorkers.TIMES - 1);

        assertThat(watch().summary()).endsWith("failed 0 times");
    }

    @Test
    void shouldFailWhereNobodyHasIt() {
        workers.lacking.set(OtherWorkers.TIMES);

        assertThatThrownBy(this::watch).hasStackTraceContaining(WORDS);
        assertThat(workers.lacking).hasValue(0);
    }

    private PlanReport plan() {
        return engine.getWorkflowClient()
                .newWorkflowStub(PreflightWorkflow.class, options())
                .plan(Specs.shop());
    }

    private Outcome watch() {
        Duration period = Duration.ofMinutes(10);
        return engine.getWorkflowClient()
                .newWorkflowStub(WatchWorkflow.class, options())
                .watch(new WatchWorkflow.Order(
                        new MigrationContext(
                                "shop-1",
                                Specs.shop().service(),
                                Specs.shop().source(),
                                Specs.shop().target()),
                        Specs.shop().checks(),
                        Instant.ofEpochMilli(engine.currentTimeMillis()).plus(period),
                        period,
                        new Watching(0, 0, null, null)));
    }

    private static WorkflowOptions options() {
        return WorkflowOptions.newBuilder().setTaskQueue(TaskQueue.NAME).build();
    }

    /** All of them: so many calls meet one that lacks the secret. */
    private static final class Workers implements ServerInspection, ServiceChecks {
        private final AtomicInteger lacking = new AtomicInteger();

        private boolean lacks() {
            return lacking.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        }

        /** With the secret nobody answers, which ends the preflight: no other system is asked. */
        @Override
        public Inspection<Void> inspectServers(InspectServers request) {
            FailureType found = lacks() ? FailureType.SECRET_NOT_HERE : FailureType.HOST_UNREACHABLE;
            return Inspection.of(List.of(Finding.blocker(found.code(), "source", WORDS, "")));
        }

        @Override
        public Sighting watchService(Watched request) {
            if (lacks()) {
                throw FailureType.SECRET_NOT_HERE.because(WORDS);
            }
            return new Sighting(null);
        }

        @Override
        public Inspection<Void> inspectChecks(InspectChecks request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outcome checkService(Act<CheckStep.CheckService> request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Outcome compareAnswers(Act<CheckStep.CompareAnswers> request) {
            throw new UnsupportedOperationException();
        }
    }
}
