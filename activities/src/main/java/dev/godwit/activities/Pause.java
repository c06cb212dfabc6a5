package dev.godwit.activities;

import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;

/** Waiting for what tells nobody that it has happened, until the worker stops. */
public final class Pause {
    private Pause() {}

    /**
     * Waits; the rest as in {@link #stopped}.
     *
     * @throws ApplicationFailure if the worker stops meanwhile
     */
    public static void of(Duration duration, FailureType type, String awaited, String next) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw stopped(type, awaited, next, e);
        }
    }

    /**
     * The failure of a thread that was interrupted while it waited. It stays interrupted.
     *
     * @param awaited what was expected, such as {@code to compare shop}
     * @param next what the next attempt makes of it
     */
    public static ApplicationFailure stopped(FailureType type, String awaited, String next, Exception cause) {
        Thread.currentThread().interrupt();
        return type.because("Expected " + awaited + ", but found the worker stopping; " + next, cause);
    }
}
