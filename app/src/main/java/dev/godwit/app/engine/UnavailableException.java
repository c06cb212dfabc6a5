package dev.godwit.app.engine;

import org.jspecify.annotations.Nullable;

/** Something that Godwit needs in order to run is not there, such as an engine. The message says what was expected, what was found and what to do. */
public final class UnavailableException extends RuntimeException {
    public UnavailableException(String message) {
        this(message, null);
    }

    public UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
