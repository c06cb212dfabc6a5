package dev.godwit.workflows.migration;

import java.util.Locale;

/** The status as Markdown for Temporal's own UI. */
final class Details {
    private Details() {}

    static String of(MigrationStatus status) {
        StringBuilder text = new StringBuilder();
        text.append("**")
                .append(status.service())
                .append("** ")
                .append(status.phase())
                .append(", ");
        text.append(status.serving().words());
        if (status.waiting() != null) {
            text.append("\n\nWaits: ").append(status.waiting().reason());
        }
        text.append('\n');
        for (StepStatus step : status.steps()) {
            if (step.state() != StepState.PENDING) {
                text.append("\n- ")
                        .append(step.id())
                        .append(": ")
                        .append(step.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            }
        }
        return text.toString();
    }
}
