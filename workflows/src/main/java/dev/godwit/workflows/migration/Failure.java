package dev.godwit.workflows.migration;

import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why a step's retries have ended, for people.
 *
 * @param type a name of {@link dev.godwit.workflows.activity.FailureType}, or null if it was none of these
 * @param attempts how many there were, as far as Temporal tells; 0 if it does not
 */
record Failure(@Nullable String type, String message, int attempts) {
    static Failure of(TemporalFailure failure) {
        Throwable cause =
                failure instanceof ActivityFailure && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case ApplicationFailure application ->
                new Failure(application.getType(), application.getOriginalMessage(), 0);
            case TimeoutFailure timeout ->
                new Failure(
                        null,
                        "Expected an answer in time, but found none (" + timeout.getTimeoutType()
                                + "); look whether the worker and the server are up",
                        0);
            default -> new Failure(null, String.valueOf(cause.getMessage()), 0);
        };
    }

    static boolean isCancellation(TemporalFailure failure) {
        return failure instanceof CanceledFailure || failure.getCause() instanceof CanceledFailure;
    }
}
