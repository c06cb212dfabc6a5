package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import java.util.regex.Pattern;

/** The name of a service: a host name. */
public record ServiceName(
        @Doc(value = "A host name", pattern = PATTERN, longest = 253)
        String text) {
    /** What a name looks like. */
    private static final String PATTERN = "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$";

    private static final Pattern SHAPE = Pattern.compile(PATTERN);

    public ServiceName {
        if (!SHAPE.matcher(text).matches()) {
            throw new IllegalArgumentException("Expected a host name in lower case, but found something else");
        }
    }
}
