package dev.godwit.lab;

import dev.godwit.api.migration.ActivityView;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.api.migration.StepView;
import dev.godwit.workflows.migration.StepState;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows a migration on a terminal while it goes on: a line for each change, and how far the step at work is. */
final class Progress implements Consumer<MigrationView> {
    private static final Set<StepState> AT_WORK = EnumSet.of(StepState.RUNNING, StepState.UNDOING, StepState.WAITING);
    /** Without a live terminal a long step is heard of this often. */
    private static final Duration SIGN = Duration.ofSeconds(5);

    private final Terminal terminal;
    private final Map<String, StepState> known = new HashMap<>();
    private @Nullable Phase phase;
    private @Nullable String waiting;
    private Serving serving = Serving.SOURCE;
    private Instant lastSign = Instant.now();

    Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public synchronized void accept(MigrationView view) {
        // What goes back goes newest first.
        (view.undoing() ? view.steps().reversed() : view.steps()).forEach(this::step);
        if (view.phase() != phase) {
            phase = view.phase();
            terminal.event("phase " + phase);
        }
        if (view.serving() != serving && !view.partial()) {
            serving = view.serving();
            terminal.event(serving.words());
        }
        waits(view.waiting());
        view.steps().stream().filter(step -> AT_WORK.contains(step.state())).forEach(this::atWork);
    }

    private void step(StepView step) {
        StepState before = known.put(step.id(), step.state());
        if (before != step.state() && step.state() != StepState.PENDING && !AT_WORK.contains(step.state())) {
            terminal.event(String.format(
                    Locale.ROOT,
                    "  %-28s %-8s %9s%s",
                    step.id(),
                    lower(step.state()),
                    took(step) == null ? "" : Words.time(took(step)),
                    step.note() == null ? "" : "  " + firstLine(step.note())));
        }
    }

    private void waits(@Nullable Waiting now) {
        if (now != null && !now.reason().equals(waiting)) {
            terminal.event("  waits for " + lower(now.what()) + ": " + firstLine(now.reason()));
        }
        waiting = now == null ? null : now.reason();
    }

    private void atWork(StepView step) {
        ActivityView activity = step.activity();
        String text = "  " + step.id() + " " + lower(step.state())
                + (step.startedAt() == null ? "" : " " + Words.time(Duration.between(step.startedAt(), Instant.now())))
                + (activity == null ? "" : words(activity));
        terminal.now("          " + text);
        if (!terminal.isLive() && activity != null && Instant.now().isAfter(lastSign.plus(SIGN))) {
            lastSign = Instant.now();
            terminal.event(text);
        }
    }

    private static String words(ActivityView activity) {
        StringBuilder words = new StringBuilder();
        if (activity.attempt() > 1) {
            words.append(", attempt ").append(activity.attempt());
        }
        if (activity.lastFailure() != null) {
            words.append(" (").append(firstLine(activity.lastFailure())).append(')');
        }
        if (activity.doing() != null) {
            words.append(", ").append(activity.doing());
        }
        Long done = activity.doneBytes();
        Long total = activity.totalBytes();
        if (done != null && done > 0) {
            words.append(", ").append(Words.bytes(done));
            if (total != null && total > 0) {
                words.append(" of ")
                        .append(Words.bytes(total))
                        .append(", ")
                        .append(100 * done / total)
                        .append(" %");
            }
        }
        if (activity.timeLeft() != null) {
            words.append(", ").append(Words.time(activity.timeLeft())).append(" left");
        }
        return words.toString();
    }

    static @Nullable Duration took(StepView step) {
        // What was undone began when it was done: that time says nothing.
        return step.startedAt() == null || step.endedAt() == null || step.state() != StepState.DONE
                ? null
                : Duration.between(step.startedAt(), step.endedAt());
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 160 ? line : line.substring(0, 160) + "…";
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
