package dev.godwit.workflows.migration;

import java.util.ArrayList;
import java.util.List;

/** What may be decided about a step whose retries have ended. Pure. */
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
}
