package dev.godwit.worker;

import dev.godwit.workflows.notation.SecretRef;

/** The values of secrets, for the parts of the program that use no hands, such as the connection to the engine. */
@FunctionalInterface
public interface SecretValues {
    /**
     * The value of a secret, without a closing newline.
     *
     * @throws io.temporal.failure.ApplicationFailure SECRET_UNAVAILABLE, saying where it was looked for
     */
    String get(SecretRef reference);
}
