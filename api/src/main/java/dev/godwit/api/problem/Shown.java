package dev.godwit.api.problem;

/** A caller's own word in a problem: enough of it to be recognised. */
public final class Shown {
    private static final int LONGEST = 60;

    private Shown() {}

    /** The word, shortened if it is long. */
    public static String of(String word) {
        return word.length() <= LONGEST ? word : word.substring(0, LONGEST) + "…";
    }
}
