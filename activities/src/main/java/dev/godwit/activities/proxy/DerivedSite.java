package dev.godwit.activities.proxy;

import dev.godwit.activities.host.StateFolder;
import dev.godwit.workflows.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Godwit puts in the place of a site's file. Its first line says which original it stands for.
 *
 * @param nonce what the answers carry in {@value #NONCE_HEADER}; it depends on the migration and on the content alone,
 *     so that a second attempt recognises the first one's work
 * @param probe what a request for {@value #PROOF_PATH} carries in {@value #PROBE_HEADER} to reach the other server through
 *     the page; no answer shows it
 */
public record DerivedSite(String text, String nonce, String probe) {
    /** In every answer: which derived site gives it. */
    public static final String NONCE_HEADER = "X-Godwit";

    /** In every forwarded answer: the address and port of the server that gave it. */
    public static final String UPSTREAM_HEADER = "X-Godwit-Upstream";

    /** In a question of Godwit's own: what lets it through the page. */
    public static final String PROBE_HEADER = "X-Godwit-Probe";

    /** What Godwit asks for: a path that no application knows, cheap to answer, and found in its log by its name. */
    public static final String PROOF_PATH = "/.well-known/godwit";

    /** Stands for the nonce in a text whose nonce is not known yet. */
    public static final String NONCE = "@@godwit-nonce@@";

    /** Stands for the beginning of the nonce, for names that must be short. */
    public static final String SHORT_NONCE = "@@godwit-short@@";

    /** Stands for the probe. */
    public static final String PROBE = "@@godwit-probe@@";

    private static final int NONCE_LENGTH = 24;
    private static final int SHORT_LENGTH = 8;

    /** The beginning of every file that Godwit writes: who it is for, and which original it stands for. */
    private static final Pattern MARK = Pattern.compile(
            "# Godwit: migration=(\\S+) serves=(?:page|forward) original=([0-9a-f]{64}) nonce=(\\S+)\n");

    /** What a derived site answers with. */
    public enum Serves {
        PAGE("page"),
        FORWARD("forward");

        private final String word;

        Serves(String word) {
            this.word = word;
        }
    }

    /**
     * What a derived site is for.
     *
     * @param original SHA-256 of the site's own file
     * @param back the IP address of the server behind it, where it forwards to
     */
    public record Purpose(String migration, String original, String back) {}

    /** What a file that Godwit wrote says of itself. */
    public record Mark(String migration, String original, String nonce) {}

    /**
     * Marks a text as Godwit's, in lines that begin with {@code #}, and puts nonce and probe in their places.
     *
     * @param text a whole file, one character for each byte, with {@link #NONCE}, {@link #SHORT_NONCE}, {@link #PROBE}
     */
    public static DerivedSite of(Purpose purpose, Serves serves, String text) {
        String migration = purpose.migration();
        String original = purpose.original();
        String nonce = sha256(migration, serves.word, original, text).substring(0, NONCE_LENGTH);
        String probe = sha256(migration, "probe", original, text);
        String mark = "# Godwit: migration=%s serves=%s original=%s nonce=%s%n"
                        .formatted(migration, serves.word, original, nonce)
                + "# This service moves to another server, and this file stands for the original one. That is "
                + StateFolder.of(migration) + "/proxy/" + original + "\n# and, when the migration is finished, "
                + StateFolder.archive(migration) + "/proxy/" + original + "\n";
        return new DerivedSite(
                mark
                        + text.replace(NONCE, nonce)
                                .replace(PROBE, probe)
                                .replace(SHORT_NONCE, nonce.substring(0, SHORT_LENGTH)),
                nonce,
                probe);
    }

    /** The mark of a file; empty for a file that Godwit did not write. */
    public static Optional<Mark> mark(byte[] file) {
        Matcher matcher = MARK.matcher(new String(file, StandardCharsets.ISO_8859_1));
        return matcher.lookingAt()
                ? Optional.of(new Mark(matcher.group(1), matcher.group(2), matcher.group(3)))
                : Optional.empty();
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String sha256(String... parts) {
        return Sha256.of(String.join("\n", parts).getBytes(StandardCharsets.ISO_8859_1));
    }
}
