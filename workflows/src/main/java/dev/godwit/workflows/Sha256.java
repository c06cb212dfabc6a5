package dev.godwit.workflows;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in hexadecimal. */
public final class Sha256 {
    private Sha256() {}

    /** Of any content. */
    public static String of(byte[] content) {
        return HexFormat.of().formatHex(digest(content));
    }

    /** Of a text in UTF-8. */
    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The sum itself. */
    public static byte[] digest(byte[] content) {
        return begin().digest(content);
    }

    /** A sum to add to, for content that does not fit into memory. */
    public static MessageDigest begin() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Expected SHA-256, which every Java has", e);
        }
    }
}
