package dev.godwit.workflows.activity;

import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Finding;
import java.util.List;
import java.util.stream.Stream;

/** What a read-only look found: what a person should know, and what the planner needs. */
public record Inspection(List<Finding> findings, Facts facts) {
    public static final Inspection NOTHING = new Inspection(List.of(), Facts.NONE);

    public Inspection {
        findings = List.copyOf(findings);
    }

    /** This and another system's. */
    public Inspection and(Inspection other) {
        return new Inspection(
                Stream.concat(findings.stream(), other.findings.stream()).toList(), facts.and(other.facts));
    }
}
