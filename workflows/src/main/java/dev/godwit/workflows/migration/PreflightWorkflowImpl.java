package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.spec.Spec;

/** See {@link PreflightWorkflow}. */
public final class PreflightWorkflowImpl implements PreflightWorkflow {
    @Override
    public PlanReport plan(Spec spec) {
        return Preflight.run(spec, Planner::plan);
    }
}
