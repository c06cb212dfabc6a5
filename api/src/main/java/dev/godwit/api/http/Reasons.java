package dev.godwit.api.http;

/** What a reason looks like: words for the people who read the audit. */
public final class Reasons {
    public static final String NOT_BLANK = "\\S";
    public static final int LONGEST = 1000;
    public static final String MEANING = "Why: it is recorded with the name of the token";

    private Reasons() {}
}
