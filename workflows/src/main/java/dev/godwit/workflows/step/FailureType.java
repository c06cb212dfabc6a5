package dev.godwit.workflows.step;

import io.temporal.failure.ApplicationFailure;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Every way in which an activity fails, split by who can mend it. Here, and nowhere else, it is said what a retry can
 * heal. The name travels as the type of an {@link ApplicationFailure}; nobody parses messages. A message says what was
 * expected, what was found and what to do.
 */
public enum FailureType {
    // the spec
    /** The spec names something that is not there or cannot work. */
    SPEC_MISMATCH(false),
    /** A secret is missing or unreadable where the worker looks for it. */
    SECRET_UNAVAILABLE(false),
    /** The same of one worker among several: another one may have the secret, and is asked. */
    SECRET_NOT_HERE(false),

    // either server
    /** No connection: refused, timed out, or dropped. */
    HOST_UNREACHABLE(true),
    /** The host key is not the pinned one. */
    HOST_KEY_CHANGED(false),
    /** The server refuses the login: ssh or database. */
    LOGIN_REFUSED(false),
    /** A tool that a step needs is not installed. */
    TOOL_MISSING(false),
    /** A remote command failed for a reason that a retry may heal. */
    COMMAND_FAILED(true),
    /** A disk is full. A retry heals it once somebody made room. */
    DISK_FULL(true),

    // the systems
    /** The database server refused or failed. */
    DATABASE_FAILED(true),
    /** Both sides were compared and differ. */
    VERIFICATION_FAILED(false),
    /** The proxy's configuration does not pass its own test. */
    PROXY_CONFIG_INVALID(false),
    /** The proxy does not answer as it should after a change. */
    PROXY_NOT_PROVED(true),
    /** The name server refuses the update. */
    DNS_REFUSED(false),
    /** An authoritative server does not answer, or not yet as it should. */
    DNS_NOT_PROVED(true),
    /** The service does not answer as its checks say. */
    CHECK_FAILED(true),
    /** A unit does not start or stop. */
    UNIT_FAILED(true),
    /** An operator's hook ended with an error. */
    HOOK_FAILED(true),
    /** The write fence could not be proved. */
    FENCE_NOT_PROVED(false),

    // the plan
    /** The outage would be longer than the spec allows. */
    OVER_BUDGET(false);

    /** Whether another attempt may succeed without a person. */
    private final boolean retryable;

    FailureType(boolean retryable) {
        this.retryable = retryable;
    }

    /** The code of a finding that says the same: a look that fails so is a finding. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The same failure with the number of the attempt that it ended, from 1; the worker adds it. */
    public static ApplicationFailure inAttempt(ApplicationFailure failure, int attempt) {
        return ApplicationFailure.newBuilder(failure).setDetails(attempt).build();
    }

    /** The attempt that a failure ended, where the worker has said so. */
    public static OptionalInt attemptOf(ApplicationFailure failure) {
        return failure.getDetails().getSize() == 1
                ? OptionalInt.of(failure.getDetails().get(0, Integer.class))
                : OptionalInt.empty();
    }

    /** The failure to throw from an activity. */
    public ApplicationFailure because(String message) {
        return because(message, null);
    }

    /** The same, with what caused it. */
    public ApplicationFailure because(String message, @Nullable Throwable cause) {
        return ApplicationFailure.newBuilder()
                .setType(name())
                .setMessage(message)
                .setCause(cause)
                // None, rather than unknown: a workflow that throws it itself reads them back.
                .setDetails()
                .setNonRetryable(!retryable)
                .build();
    }
}
