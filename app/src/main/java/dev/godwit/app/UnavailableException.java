package dev.godwit.app;

import org.jspecify.annotations.Nullable;

/** Something on this machine that Godwit needs is not there. The message says what was found and what to do. */
final class UnavailableException extends RuntimeException {
    UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
