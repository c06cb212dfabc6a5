package dev.godwit.lab;

import dev.godwit.api.migration.PlanStepView;
import dev.godwit.api.migration.PlanView;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A plan as a person reads it before anything happens. */
final class Checklist {
    private Checklist() {}

    static String of(PlanView plan) {
        StringBuilder text = new StringBuilder();
        text.append("Found: ").append(plan.findings().isEmpty() ? "nothing to tell\n" : "\n");
        for (Finding finding : plan.findings()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-8s %s (%s): %s%n%s",
                    finding.severity(),
                    finding.code(),
                    finding.where(),
                    finding.message(),
                    finding.hint().isEmpty() ? "" : "           " + finding.hint() + "\n"));
        }
        Phase phase = null;
        int stage = 0;
        for (PlanStepView step : plan.steps()) {
            if (step.phase() != phase) {
                phase = step.phase();
                text.append(phase).append('\n');
            }
            append(text, step, step.stage() == stage);
            stage = step.stage();
        }
        text.append("  + runs at the same time as the step above it\n");
        text.append("Predicted outage: ")
                .append(Durations.format(plan.predictedOutage()))
                .append("; hash of the plan: ")
                .append(plan.plan());
        return text.toString();
    }

    private static void append(StringBuilder text, PlanStepView step, boolean withTheOneAbove) {
        text.append(String.format(
                Locale.ROOT,
                "  [ ] %-28s %-6s %s%s%n",
                (withTheOneAbove ? "+ " : "") + step.id(),
                step.host() == null ? "" : step.host().name().toLowerCase(Locale.ROOT),
                step.does(),
                step.estimate().isZero() ? "" : " (about " + Durations.format(step.estimate()) + ")"));
        @Nullable String undo = step.undo();
        if (undo != null) {
            text.append(String.format(Locale.ROOT, "  %41s undo: %s%n", "", undo));
        }
        if (step.pivot()) {
            text.append("  ---- the point of no return ----\n");
        }
    }
}
