package dev.godwit.activities.secrets;

import dev.godwit.workflows.notation.SecretRef;

/** Where secrets are kept. One implementation for each kind of store. */
public interface Secrets {
    /**
     * The value of a secret, without a closing newline.
     *
     * @throws io.temporal.failure.ApplicationFailure SECRET_UNAVAILABLE, saying where it was looked for
     */
    String get(SecretRef reference);
}
