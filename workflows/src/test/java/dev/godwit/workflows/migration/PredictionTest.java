package dev.godwit.workflows.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.database.DatabaseStep.CopyDatabase;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionTest {
    private static final Plan PLAN = Planner.plan(Specs.shop(), Specs.facts());
    private static final Instant AT = Instant.parse("2026-11-26T10:00:00Z");

    @Test
    void shouldBeThePlansBeforeAnythingWasMeasured() {
        assertThat(Prediction.outage(
                        PLAN, PLAN.steps().stream().map(StepStatus::pending).toList()))
                .isEqualTo(PLAN.outage(PlannedStep::estimate));
    }

    @Test
    void shouldExpectOfTheLastCopyWhatTheFirstOneTook() {
        Duration took = Duration.ofMinutes(17);
        List<StepStatus> steps = PLAN.steps().stream()
                .map(planned -> planned.id().equals("copy-database-first-shop")
                        ? StepStatus.pending(planned)
                                .begun(StepState.RUNNING, AT)
                                .ended(StepState.DONE, AT.plus(took), 1, "copied")
                        : StepStatus.pending(planned))
                .toList();
        Duration estimated = PLAN.steps().stream()
                .filter(planned ->
                        planned.step() instanceof CopyDatabase && planned.id().equals("copy-database-final-shop"))
                .map(PlannedStep::estimate)
                .findFirst()
                .orElseThrow();

        assertThat(Prediction.outage(PLAN, steps))
                .isEqualTo(PLAN.outage(PlannedStep::estimate).minus(estimated).plus(took));
    }
}
