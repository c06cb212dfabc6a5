package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.step.Finding;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the preflight found and the steps that would run. */
public record PlanView(
        String service,

        @Doc("The hash of the plan: name it in POST /migrations and in the approval")
        String plan,

        @Doc("Whether nothing keeps the migration from starting")
        boolean startable,

        List<Finding> findings,
        List<PlanStepView> steps,
        @Doc("How long neither side is expected to serve") Duration predictedOutage) {
    public PlanView {
        findings = List.copyOf(findings);
        steps = List.copyOf(steps);
    }

    PlanView blockedBy(Finding finding) {
        List<Finding> all = Stream.concat(Stream.of(finding), findings.stream()).toList();
        return new PlanView(service, plan, false, all, steps, predictedOutage);
    }

    static PlanView of(String service, PlanReport report) {
        return new PlanView(
                service,
                report.plan().hash(),
                report.blockers().isEmpty(),
                report.findings(),
                PlanStepView.of(report.plan().steps()),
                report.predictedOutage());
    }
}
