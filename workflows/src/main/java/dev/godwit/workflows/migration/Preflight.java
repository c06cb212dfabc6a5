package dev.godwit.workflows.migration;

import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlanFindings;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.spec.Spec;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The read-only look and the plan that follows from it. */
final class Preflight {
    private Preflight() {}

    /**
     * Looks and plans. The plan is recorded in the history when it is made: a planner of a later version does not change
     * it.
     */
    static PlanReport run(Spec spec, BiFunction<Spec, Facts, Plan> planner) {
        Inspection inspection = Hands.inspect(spec);
        return Workflow.sideEffect(PlanReport.class, () -> {
            Plan plan = planner.apply(spec, inspection.facts());
            List<Finding> findings = new ArrayList<>(inspection.findings());
            findings.addAll(PlanFindings.of(spec, plan));
            return new PlanReport(findings, inspection.facts(), plan, plan.outage(PlannedStep::estimate));
        });
    }
}
