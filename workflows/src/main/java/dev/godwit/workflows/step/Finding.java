package dev.godwit.workflows.step;

/**
 * Something that the preflight noticed.
 *
 * @param code stable and readable, such as {@code disk-space}
 * @param where the server or the part of the spec, such as {@code target} or {@code /databases/0}
 * @param message what was expected and what was found
 * @param hint what to do
 */
public record Finding(Severity severity, String code, String where, String message, String hint) {
    /** How much a finding matters. */
    public enum Severity {
        /** The migration cannot start. */
        BLOCKER,
        /** It can start, and a person should know. */
        WARNING,
        /** Good to know. */
        NOTE
    }

    public static Finding blocker(String code, String where, String message, String hint) {
        return new Finding(Severity.BLOCKER, code, where, message, hint);
    }

    public static Finding warning(String code, String where, String message, String hint) {
        return new Finding(Severity.WARNING, code, where, message, hint);
    }

    public static Finding note(String code, String where, String message, String hint) {
        return new Finding(Severity.NOTE, code, where, message, hint);
    }
}
