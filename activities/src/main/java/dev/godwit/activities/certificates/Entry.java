package dev.godwit.activities.certificates;

import java.util.List;

/**
 * A file, folder or link that moves.
 *
 * @param kind what becomes of it on the target
 */
record Entry(Kind kind, String path) {
    /** What becomes of an entry on the target. */
    enum Kind {
        REQUIRED('r'),
        /** Only if the target has none of that name. */
        EXTRA('o'),
        /** A folder above the others. */
        ABOVE('a');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    static Entry parse(String text) {
        for (Kind kind : Kind.values()) {
            if (!text.isEmpty() && text.charAt(0) == kind.letter) {
                return new Entry(kind, text.substring(1));
            }
        }
        throw new IllegalArgumentException("Expected an entry of a list of certificates, but found '" + text + "'");
    }

    /** As the program on the server reads it. */
    static String list(List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.kind.letter).append(entry.path).append('\0');
        }
        return text.toString();
    }

    /** As tar reads it: relative to the root. */
    static String names(List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.path.substring(1)).append('\0');
        }
        return text.toString();
    }
}
