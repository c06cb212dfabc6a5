package dev.godwit.workflows.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.migration.Specs;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanFindingsTest {
    @Test
    void shouldBlockAHookWhoseNeighbourIsInAnotherPhase() {
        assertThat(findings(
                        hook(Phase.CUTOVER, "copy-files-live-uploads", null),
                        hook(Phase.SOAK, "remove-crontabs", null)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Finding.Severity.BLOCKER);
                    assertThat(finding.where()).isEqualTo("/hooks/1");
                    assertThat(finding.message()).contains("remove-crontabs").contains("SOAK");
                    assertThat(finding.hint()).contains("soak");
                });
    }

    @Test
    void shouldFindNothingWrongWithHooksThatHaveTheirPlace() {
        assertThat(findings(
                        hook(Phase.CUTOVER, null, "stop-service"),
                        hook(Phase.PREPARE, "copy-database-first-shop", null),
                        hook(Phase.FINISH, null, null)))
                .isEmpty();
    }

    @Test
    void shouldWarnOfAnOutageBeyondItsBudget() {
        assertThat(findings(Duration.ofMillis(100))).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.code()).isEqualTo("outage-budget");
        });
        assertThat(findings(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void shouldBlockAHookThatStopsTheSourceBeforeThePage() {
        Hook early = stopping(Phase.PREPARE, null);
        assertThat(findings(early, stopping(Phase.CUTOVER, "serve-page")))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Finding.Severity.BLOCKER);
                    assertThat(finding.code()).isEqualTo("hook-stops-source");
                    assertThat(finding.hint()).contains("after: serve-page");
                });
    }

    @Test
    void shouldSayThatABudgetDoesNotKnowTheTimeOfAHook() {
        Budget budget = new Budget(Duration.ofHours(1), Duration.ofMinutes(5));
        assertThat(findings(List.of(stopping(Phase.CUTOVER, "serve-page"), hook(Phase.PREPARE, null, null)), budget))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
                    assertThat(finding.code()).isEqualTo("hook-outage");
                    assertThat(finding.message()).contains("2m");
                });
    }

    private static Hook stopping(Phase phase, @Nullable String after) {
        return new Hook(
                phase, null, after, Side.SOURCE, "stop it", null, Duration.ofMinutes(2), Hook.Effect.STOPS_SOURCE);
    }

    private static List<Finding> findings(Hook... hooks) {
        return findings(List.of(hooks), Budget.DEFAULT);
    }

    private static List<Finding> findings(Duration outage) {
        return findings(List.of(), new Budget(outage, Duration.ofMinutes(5)));
    }

    private static List<Finding> findings(List<Hook> hooks, Budget budget) {
        Spec spec = Specs.shop(Gates.Cutover.APPROVAL, hooks, budget);
        return PlanFindings.of(spec, Planner.plan(spec, Specs.facts()));
    }

    private static Hook hook(Phase phase, @Nullable String before, @Nullable String after) {
        return Specs.hook(phase, before, after, null);
    }
}
