package dev.godwit.activities.host;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A shell script for a server, run by {@code sh} as root. Values reach it as positional parameters ({@code "$1"}), each
 * quoted, never pasted into the text; secrets reach it on standard input only, because parameters show in process
 * lists.
 *
 * @param text POSIX shell; a constant of the program, never built from outside values
 * @param arguments {@code $1} and so on
 * @param input standard input, or null for none
 */
public record Script(
        String text, List<String> arguments, @Nullable String input) {
    public Script {
        arguments = List.copyOf(arguments);
    }

    /** A script without standard input. */
    public static Script of(String text, String... arguments) {
        return new Script(text, List.of(arguments), null);
    }

    /** The same with standard input. */
    public Script withInput(String lines) {
        return new Script(text, arguments, lines);
    }
}
