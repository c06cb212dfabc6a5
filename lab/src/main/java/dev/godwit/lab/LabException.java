package dev.godwit.lab;

/** Something did not work, and the message says what was expected, what was found and what to do. */
public final class LabException extends RuntimeException {
    private final int exitCode;

    public LabException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public LabException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The exit status of a process that ends because of it. */
    public int exitCode() {
        return exitCode;
    }
}
