package dev.godwit.activities.certificates;

import dev.godwit.activities.Resource;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.workflows.step.FailureType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs {@code certificates.pl} on a server. */
final class CertificateScripts {
    private static final String PROGRAM = Resource.text(CertificateScripts.class, "certificates.pl");

    /** {@code $1} the program, then its arguments. */
    private static final String RUN = "LC_ALL=C; export LC_ALL; exec perl -e \"$@\"";

    static final String FETCH = Resource.text(CertificateScripts.class, "fetch.sh");

    static final String DROP = "rm -rf -- \"$1\"";

    /** A program for the link: the archive of what the list names. */
    static String archive(String list) {
        // The path consists of the migration's id and letters.
        return "exec tar --create --format=posix --file=- --directory=/ --no-recursion --null --files-from='" + list
                + "'\n";
    }

    private CertificateScripts() {}

    /** What a command printed, or why it did not. */
    record Answer(List<String> parts, @Nullable String problem) {
        Answer {
            parts = List.copyOf(parts);
        }

        /** The parts, if there is no problem. */
        List<String> sound(Server server) {
            if (problem != null) {
                throw FailureType.SPEC_MISMATCH.because("Expected certificates that can be moved on "
                        + server.spec().host() + ", but found: " + problem + "; correct /tls or mend it there");
            }
            return parts;
        }
    }

    /** Runs one of the program's commands. */
    static Answer run(Server server, String input, String... arguments) {
        List<String> words = new ArrayList<>(List.of(PROGRAM));
        words.addAll(List.of(arguments));
        String out = server.output(new Script(RUN, words, input));
        List<String> parts = out.isEmpty()
                ? List.of()
                : List.of(out.substring(0, out.length() - 1).split("\0", -1));
        return !parts.isEmpty() && parts.getFirst().equals("problem")
                ? new Answer(List.of(), parts.get(1))
                : new Answer(parts, null);
    }
}
