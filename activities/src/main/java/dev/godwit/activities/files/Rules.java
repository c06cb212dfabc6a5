package dev.godwit.activities.files;

import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.step.FailureType;

/** What of a folder stays behind, as rsync reads it. */
final class Rules {
    private Rules() {}

    /**
     * Exclude rules for {@code --from0 --exclude-from}. Each pattern gets a prefix of its own, so that none can be read as
     * an include, a comment or a command to forget the others (rsync(1), "Filter rules").
     */
    static String text(FileTree tree) {
        StringBuilder rules = new StringBuilder();
        for (String pattern : tree.exclude()) {
            if (pattern.isEmpty() || pattern.indexOf('\0') >= 0) {
                throw FailureType.SPEC_MISMATCH.because("Expected exclude patterns with at least one character for "
                        + tree.path() + ", but found an empty one or one with NUL; remove it");
            }
            rules.append("- ").append(pattern).append('\0');
        }
        return rules.toString();
    }
}
