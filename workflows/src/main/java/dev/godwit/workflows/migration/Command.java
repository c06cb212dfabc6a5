package dev.godwit.workflows.migration;

import org.jspecify.annotations.Nullable;

/** What a person says to a migration. Each call records who and why. */
public sealed interface Command {
    /** The name of the token. */
    String actor();

    /** The words that the actor gave. */
    @Nullable
    String reason();

    /**
     * Opens the gate before the cutover.
     *
     * @param planHash the hash of the plan that was reviewed
     */
    record Approve(String actor, @Nullable String reason, String planHash) implements Command {}

    /** Begins no further step until somebody resumes. */
    record Pause(String actor, @Nullable String reason) implements Command {}

    /** Goes on after a pause. */
    record Resume(String actor, @Nullable String reason) implements Command {}

    /** Decides about a step whose retries have ended. */
    record Decide(String actor, @Nullable String reason, String step, Choice choice) implements Command {}

    /**
     * Puts the source back.
     *
     * @param acceptLoss after the pivot: the writes on the target since then may be lost
     */
    record RollBack(String actor, @Nullable String reason, boolean acceptLoss) implements Command {}

    /** Ends the soak now. */
    record Finish(String actor, @Nullable String reason) implements Command {}
}
