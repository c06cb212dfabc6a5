package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The end of the demo: each step with its time, and every check with its figures. */
final class Report {
    private final Terminal terminal;

    Report(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Prints it; whether every check has passed. */
    boolean of(MigrationView end, List<Check> checks) {
        terminal.heading("Report");
        StringBuilder text = new StringBuilder();
        int stage = 0;
        for (StepView step : end.steps()) {
            append(text, step, step.stage() == stage);
            stage = step.stage();
        }
        text.append('\n');
        checks.forEach(check -> text.append(check.passed() ? "PASS  " : "FAIL  ")
                .append(check.name())
                .append(": ")
                .append(check.figures())
                .append('\n'));
        long failed = checks.stream().filter(check -> !check.passed()).count();
        text.append('\n')
                .append(end.outcome())
                .append(
                        failed == 0
                                ? ": all " + checks.size() + " checks have passed"
                                : ": " + failed + " of " + checks.size() + " checks have FAILED");
        terminal.text(text.toString());
        return failed == 0 && !checks.isEmpty();
    }

    private static void append(StringBuilder text, StepView step, boolean withTheOneAbove) {
        Duration took = Progress.took(step);
        text.append(String.format(
                Locale.ROOT,
                "%-9s %-28s %-11s %10s%s%s%n",
                step.phase(),
                (withTheOneAbove ? "+ " : "") + step.id(),
                step.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                took == null ? "" : Words.time(took),
                step.attempts() > 1 ? "  " + step.attempts() + " attempts" : "",
                step.pivot() ? "  <- the point of no return" : ""));
    }
}
