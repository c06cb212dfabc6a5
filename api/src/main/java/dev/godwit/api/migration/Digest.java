package dev.godwit.api.migration;

import dev.godwit.workflows.GodwitJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells whether two requests say the same, however they are written down. */
final class Digest {
    private Digest() {}

    /** SHA-256 over the JSON of a value, in hexadecimal. */
    static String of(Object value) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(GodwitJson.mapper().writeValueAsBytes(value)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
