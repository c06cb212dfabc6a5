package dev.godwit.workflows.migration;

import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Patience;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why a step's retries have ended, for people.
 *
 * @param type a name of {@link FailureType}, or null if it was none of these
 * @param attempts how many there were; 0 if nobody counted them
 */
record Failure(@Nullable String type, String message, int attempts) {
    /**
     * Reads a failure.
     *
     * @param patience of the activity that failed
     */
    static Failure of(TemporalFailure failure, Patience patience) {
        Throwable cause = failure;
        int attempts = 0;
        // A watch that fails fails by its own activity.
        while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure)
                && cause.getCause() != null) {
            if (cause instanceof ActivityFailure activity
                    && activity.getRetryState() == RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED) {
                attempts = patience.attempts();
            }
            cause = cause.getCause();
        }
        int counted = attempts;
        return switch (cause) {
            case ApplicationFailure application ->
                new Failure(
                        application.getType(),
                        application.getOriginalMessage(),
                        FailureType.attemptOf(application).orElse(counted));
            case TimeoutFailure timeout ->
                new Failure(
                        null,
                        "Expected an answer in time, but found none (" + timeout.getTimeoutType()
                                + "); look whether the worker and the server are up",
                        counted);
            default -> new Failure(null, String.valueOf(cause.getMessage()), counted);
        };
    }

    /** Whether the server on which the step acts could not be reached. */
    boolean isUnreachable() {
        return FailureType.HOST_UNREACHABLE.name().equals(type);
    }

    /** Its type, for the runbook's table, and its message. */
    String words() {
        return type == null ? message : type + ": " + message;
    }

    static boolean isCancellation(TemporalFailure failure) {
        return failure instanceof CanceledFailure || failure.getCause() instanceof CanceledFailure;
    }
}
