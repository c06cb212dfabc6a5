package dev.godwit.activities.secrets;

import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;

/** Where secrets are kept. One implementation for each kind of store. */
public interface Secrets {
    /**
     * The value of a secret, without a closing newline.
     *
     * @throws ApplicationFailure {@link #unavailable}, saying where it was looked for
     */
    String get(SecretRef reference);

    /** The failure for a secret that is not there or is not what it should be. The message never repeats the value. */
    default ApplicationFailure unavailable(String message) {
        return FailureType.SECRET_UNAVAILABLE.because(message);
    }
}
