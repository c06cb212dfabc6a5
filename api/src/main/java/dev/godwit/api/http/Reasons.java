package dev.godwit.api.http;

/** What a reason looks like: words for the people who read the audit. */
public final class Reasons {
    /** Without what cannot be seen, or changes how its neighbours are seen; lines and tabs are fine. */
    public static final String WORDS =
            "^[^" + Reasons.UNSEEN + "]*[^\\s" + Reasons.UNSEEN + "][^" + Reasons.UNSEEN + "]*$";

    public static final int LONGEST = 1000;
    public static final String MEANING = "Why: it is recorded with the name of the token";

    private static final String UNSEEN =
            "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";

    private Reasons() {}
}
