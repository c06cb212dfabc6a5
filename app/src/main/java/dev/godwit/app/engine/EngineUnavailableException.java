package dev.godwit.app.engine;

import org.jspecify.annotations.Nullable;

/** There is no engine to work with. The message says what was expected, what was found and what to do. */
public final class EngineUnavailableException extends RuntimeException {
    public EngineUnavailableException(String message) {
        this(message, null);
    }

    public EngineUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
