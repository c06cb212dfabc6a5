package dev.godwit.workflows.notation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a secret, written {@code secret:name}. The value is looked up by the worker at the moment of use and
 * never enters the spec, the history or the API.
 */
public record SecretRef(String name) {
    private static final String PREFIX = "secret:";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    public SecretRef {
        if (!isName(name)) {
            throw new IllegalArgumentException("Expected the name of a secret made of letters, digits, '.', '_' and"
                    + " '-' (at most 100), but found '" + name + "'");
        }
    }

    /** Whether a secret can be called so. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Reads {@code secret:name}. */
    @JsonCreator
    public static SecretRef parse(String text) {
        if (!text.startsWith(PREFIX)) {
            // The text may be the secret itself: it is not repeated here.
            throw new IllegalArgumentException(
                    "Expected a reference written 'secret:name', never the secret itself; store the value as a secret"
                            + " and name it here");
        }
        return new SecretRef(text.substring(PREFIX.length()));
    }

    @JsonValue
    @Override
    public String toString() {
        return PREFIX + name;
    }
}
