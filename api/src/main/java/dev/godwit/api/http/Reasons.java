package dev.godwit.api.http;

/** What a reason looks like: words for the people who read the audit. */
public final class Reasons {
    /** What cannot be seen, or changes how its neighbours are seen; lines and tabs are fine. */
    private static final String UNSEEN =
            "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e"
                    + "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb";

    private static final String BLANK = " \\t\\n\\r";

    /** No two parts of it can take the same character: it is checked in one go, however long the text is. */
    public static final String WORDS = "^[" + BLANK + "]*[^" + BLANK + UNSEEN + "][^" + UNSEEN + "]*$";

    public static final int LONGEST = 1000;
    public static final String MEANING = "Why: it is recorded with the name of the token";

    private Reasons() {}
}
