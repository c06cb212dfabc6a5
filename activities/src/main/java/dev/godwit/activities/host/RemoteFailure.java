package dev.godwit.activities.host;

import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.util.List;

/** Tells why a command on a server failed, from what it printed. */
public final class RemoteFailure {
    private static final int SHOWN = 2000;
    private static final int SHOWN_LINES = 15;
    private static final int NOT_FOUND = 127;
    /** What the C library calls ENOSPC and EDQUOT, in the locale that Godwit's scripts run in. */
    private static final String NO_SPACE = "No space left on device";

    private static final String NO_QUOTA = "Disk quota exceeded";

    private RemoteFailure() {}

    /**
     * DISK_FULL or TOOL_MISSING where the output says so, else COMMAND_FAILED.
     *
     * @param what the command in words, such as {@code the dump of shop}
     */
    public static ApplicationFailure of(String host, String what, int exitCode, String err) {
        if (isDiskFull(err)) {
            return FailureType.DISK_FULL.because("Expected " + what + " on " + host
                    + " to find room on its disk, but found: " + end(err) + "; make room, then try again");
        }
        if (exitCode == NOT_FOUND) {
            return FailureType.TOOL_MISSING.because("Expected every program that " + what + " needs on " + host
                    + ", but found: " + end(err) + "; install what is missing");
        }
        return FailureType.COMMAND_FAILED.because("Expected " + what + " on " + host
                + " to succeed, but found exit status " + exitCode + ": " + end(err));
    }

    /** Whether a program complained about a full disk or an exhausted quota. */
    static boolean isDiskFull(String err) {
        return err.contains(NO_SPACE) || err.contains(NO_QUOTA);
    }

    /** The end of an error output, short enough for people. */
    public static String end(String err) {
        String text = err.strip();
        if (text.isEmpty()) {
            return "no error output";
        }
        List<String> lines = text.lines().toList();
        if (lines.size() > SHOWN_LINES) {
            text = "…" + String.join("\n", lines.subList(lines.size() - SHOWN_LINES, lines.size()));
        }
        return text.length() <= SHOWN ? text : "…" + text.substring(text.length() - SHOWN);
    }
}
