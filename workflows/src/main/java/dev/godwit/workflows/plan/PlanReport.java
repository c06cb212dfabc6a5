package dev.godwit.workflows.plan;

import dev.godwit.workflows.step.Finding;
import java.time.Duration;
import java.util.List;

/**
 * What the preflight found and the plan that follows from it.
 *
 * @param predictedOutage the sum of the estimates of the steps during which neither side serves
 */
public record PlanReport(List<Finding> findings, Facts facts, Plan plan, Duration predictedOutage) {
    public PlanReport {
        findings = List.copyOf(findings);
    }

    /** The findings that keep the migration from starting. */
    public List<Finding> blockers() {
        return findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.BLOCKER)
                .toList();
    }
}
