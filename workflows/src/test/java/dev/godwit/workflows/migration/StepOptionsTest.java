package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.spec.Text;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class StepOptionsTest {
    @Test
    void shouldGiveWhatASpecMayAskFor() {
        assertThat(Text.DRAIN_TIME.accepts("10m")).isTrue();
        assertThat(Text.DRAIN_TIME.accepts("10m1s")).isFalse();
        assertThat(rowOf(Step.DrainRequests.class).startToClose()).isGreaterThan(Duration.ofMinutes(10));
        assertThat(Text.TIMEOUT.accepts("24h")).isTrue();
        assertThat(Text.TIMEOUT.accepts("25h")).isFalse();
        assertThat(rowOf(Step.RunHook.class).startToClose()).isGreaterThan(Duration.ofHours(24));
    }

    @Test
    void shouldQueueOnlyThePreflightBesideTheSteps() {
        assertThat(StepOptions.INSPECT.with("look at both servers").getTaskQueue())
                .isEqualTo(TaskQueue.PREFLIGHT);
        assertThat(EnumSet.complementOf(EnumSet.of(StepOptions.INSPECT)))
                .allSatisfy(row -> assertThat(row.with("a step").getTaskQueue()).isEqualTo(TaskQueue.NAME));
    }

    private static StepOptions rowOf(Class<? extends Step> kind) {
        return Planner.plan(Specs.everything(), Specs.facts()).steps().stream()
                .map(PlannedStep::step)
                .filter(kind::isInstance)
                .map(StepOptions::of)
                .findFirst()
                .orElseThrow();
    }
}
