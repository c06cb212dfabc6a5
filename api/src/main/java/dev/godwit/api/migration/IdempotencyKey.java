package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import java.util.regex.Pattern;

/** Names a request, so that sending it twice does nothing twice. */
public record IdempotencyKey(
        @Doc(value = "A key", pattern = PATTERN, longest = 200, example = "6f1c2b8e-move-shop")
        String text) {
    static final String HEADER = "Idempotency-Key";
    static final String MEANING =
            "Names the request: the same request under the same key does nothing a second time and gets the answer again, another one is refused";

    /** What a key looks like. */
    private static final String PATTERN = "^[A-Za-z0-9._:/+=@-]{1,200}$";

    private static final Pattern SHAPE = Pattern.compile(PATTERN);

    public IdempotencyKey {
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "Expected 1 to 200 letters, digits or . _ : / + = @ -, such as a UUID, but found something else");
        }
    }
}
