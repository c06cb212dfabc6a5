package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.hooks.HookStep;
import dev.godwit.workflows.notation.Text;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.step.Action;
import dev.godwit.workflows.step.Patience;
import dev.godwit.workflows.step.TaskQueue;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PatienceTest {
    @Test
    void shouldGiveWhatASpecMayAskFor() {
        assertThat(Text.DRAIN_TIME.accepts("10m")).isTrue();
        assertThat(Text.DRAIN_TIME.accepts("10m1s")).isFalse();
        assertThat(rowOf(SiteStep.DrainRequests.class).startToClose()).isGreaterThan(Duration.ofMinutes(10));
        assertThat(Text.TIMEOUT.accepts("24h")).isTrue();
        assertThat(Text.TIMEOUT.accepts("25h")).isFalse();
        assertThat(rowOf(HookStep.RunHook.class).startToClose()).isGreaterThan(Duration.ofHours(24));
    }

    @ParameterizedTest
    @EnumSource
    void shouldQueueWhatMustNotHoldUpAStepBesideTheSteps(Patience row) {
        assertThat(row.options("a step", false).getTaskQueue())
                .isEqualTo(
                        switch (row) {
                            case INSPECT -> TaskQueue.PREFLIGHT;
                            case WATCH -> TaskQueue.WATCH;
                            default -> TaskQueue.NAME;
                        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldNoticeADeadWorkerInSecondsWhileVisitorsWait(Patience row) {
        assertThat(row.options("a step", true).getHeartbeatTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(row.options("a step", false).getHeartbeatTimeout()).isGreaterThan(Duration.ofSeconds(5));
    }

    private static Patience rowOf(Class<? extends Action> kind) {
        return Planner.plan(Specs.everything(), Specs.facts()).steps().stream()
                .map(PlannedStep::step)
                .filter(kind::isInstance)
                .map(step -> kind.cast(step).patience())
                .findFirst()
                .orElseThrow();
    }
}
