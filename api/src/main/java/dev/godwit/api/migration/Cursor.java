package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import java.util.regex.Pattern;

/** Names a page: whatever the page before said. */
public record Cursor(
        @Doc(value = "A page", pattern = PATTERN, longest = 4000)
        String text) {
    /** What a cursor looks like: base64url. */
    private static final String PATTERN = "^[A-Za-z0-9_-]{1,4000}$";

    private static final Pattern SHAPE = Pattern.compile(PATTERN);

    public Cursor {
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "Expected what an earlier page gave as 'next', but found something else");
        }
    }
}
