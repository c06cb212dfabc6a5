package dev.godwit.lab;

import java.util.Locale;
import java.util.Optional;

/**
 * A moment of one step's act, or of its undo.
 *
 * @param step the step's id, or what {@link #undoOf} makes of it
 */
record Breakpoint(String step, Moment moment) {
    enum Moment {
        /** The worker has the act, and has done nothing for it yet. */
        BEFORE,
        /** The act is under way. */
        DURING,
        /** The act has succeeded, and nobody knows yet. */
        AFTER
    }

    /** What names the undo of a step. */
    static String undoOf(String step) {
        return "undo-" + step;
    }

    @Override
    public String toString() {
        return step + ":" + moment.name().toLowerCase(Locale.ROOT);
    }

    static Optional<Breakpoint> parse(String text) {
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new Breakpoint(
                        text.substring(0, colon),
                        Moment.valueOf(text.substring(colon + 1).toUpperCase(Locale.ROOT))));
    }
}
