package dev.godwit.api.migration;

import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.json.GodwitJson;

/** Tells whether two requests say the same, however they are written down. */
final class Digest {
    private Digest() {}

    /** SHA-256 over the JSON of a value, in hexadecimal. */
    static String of(Object value) {
        return Sha256.of(GodwitJson.write(value));
    }
}
