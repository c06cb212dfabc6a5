package dev.godwit.activities.host;

import java.util.List;

/** Quotes words for a shell, and turns a script into one command line for the account's login shell. */
public final class ShellQuote {
    /** What comes before the number of the process group, on a line of standard error. */
    static final String GROUP = "godwit-process-group ";

    /**
     * The same output and the same programs on every server, whatever its locale and the account's profile. The process
     * group is the fifth field (proc_pid_stat(5)); by it the script can be stopped, which sshd does not do for root.
     */
    private static final String PRELUDE =
            "export LC_ALL=C.UTF-8 PATH=\"$PATH:/usr/local/sbin:/usr/sbin:/sbin\"; read -r _ _ _ _ group _ </proc/$$/stat;"
                    + " echo \"" + GROUP + "$group\" >&2; ";

    private ShellQuote() {}

    /** Words as a shell reads them back. */
    public static String words(List<String> words) {
        StringBuilder line = new StringBuilder();
        for (String word : words) {
            quote(line.append(line.isEmpty() ? "" : " "), word);
        }
        return line.toString();
    }

    static String commandLine(String program, List<String> arguments, boolean sudo) {
        StringBuilder line = new StringBuilder(sudo ? "sudo -n sh -c " : "exec sh -c ");
        quote(line, PRELUDE + program);
        line.append(" sh");
        for (String argument : arguments) {
            quote(line.append(' '), argument);
        }
        return line.toString();
    }

    private static void quote(StringBuilder line, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Expected a shell word, but found a zero byte in it");
        }
        line.append('\'').append(text.replace("'", "'\\''")).append('\'');
    }
}
