package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlannedStep;
import java.util.ArrayList;
import java.util.List;

/** What may be decided about a step, or its undo, whose retries have ended. Pure. */
final class FailurePolicy {
    private FailurePolicy() {}

    /** The choices that are safe: nothing is skipped that moves data, nothing is rolled back past the pivot by a click. */
    static List<Choice> choices(boolean skippable, boolean pastPivot) {
        List<Choice> choices = new ArrayList<>();
        choices.add(Choice.RETRY);
        if (skippable) {
            choices.add(Choice.SKIP);
        }
        if (!pastPivot) {
            choices.add(Choice.ROLL_BACK);
        }
        return choices;
    }

    /**
     * The choices about steps that could not be taken back. Without what the source needs to serve, skipped, it would be
     * an end with nobody serving.
     */
    static List<Choice> undoChoices(List<PlannedStep> failed, boolean inOutage) {
        boolean needed =
                failed.stream().anyMatch(planned -> planned.step().effect().neededToServe());
        return inOutage && needed ? List.of(Choice.RETRY) : List.of(Choice.RETRY, Choice.SKIP);
    }
}
