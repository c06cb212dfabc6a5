package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.spec.Spec;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Looks at both servers and makes a plan; changes nothing. */
@WorkflowInterface
public interface PreflightWorkflow {
    @WorkflowMethod(name = "Preflight")
    PlanReport plan(Spec spec);
}
