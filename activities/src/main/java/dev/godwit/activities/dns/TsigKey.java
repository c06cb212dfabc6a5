package dev.godwit.activities.dns;

import dev.godwit.activities.secrets.Secrets;
import dev.godwit.workflows.notation.SecretRef;
import io.temporal.failure.ApplicationFailure;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.xbill.DNS.Name;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TextParseException;

/** Reads keys of transaction signatures (TSIG, RFC 8945) in the form of {@code nsupdate -y}. */
final class TsigKey {
    private static final Map<String, Name> ALGORITHMS = Map.of(
            "hmac-sha1", TSIG.HMAC_SHA1,
            "hmac-sha224", TSIG.HMAC_SHA224,
            "hmac-sha256", TSIG.HMAC_SHA256,
            "hmac-sha384", TSIG.HMAC_SHA384,
            "hmac-sha512", TSIG.HMAC_SHA512);

    private TsigKey() {}

    /**
     * The key behind a secret.
     *
     * @throws ApplicationFailure {@link Secrets#unavailable}; the value is never repeated
     */
    static TSIG read(Secrets secrets, SecretRef reference) {
        String[] parts = secrets.get(reference).strip().split(":", -1);
        if (parts.length != 3) {
            throw wrong(
                    secrets, reference, parts.length + " part" + (parts.length == 1 ? "" : "s") + " between colons");
        }
        Name algorithm = ALGORITHMS.get(parts[0].toLowerCase(Locale.ROOT));
        if (algorithm == null) {
            throw wrong(secrets, reference, "another algorithm than hmac-sha1, -sha224, -sha256, -sha384 or -sha512");
        }
        try {
            byte[] key = Base64.getDecoder().decode(parts[2]);
            if (key.length == 0 || parts[1].isEmpty()) {
                throw wrong(secrets, reference, "an empty name or key");
            }
            return new TSIG(algorithm, Name.fromString(parts[1], Name.root), key);
        } catch (TextParseException e) {
            throw wrong(secrets, reference, "a name that is none");
        } catch (IllegalArgumentException e) {
            throw wrong(secrets, reference, "a key that is not Base64");
        }
    }

    private static ApplicationFailure wrong(Secrets secrets, SecretRef reference, String found) {
        // Without a cause: its message would repeat the value.
        return secrets.unavailable("Expected the secret '" + reference.name()
                + "' to be a TSIG key written algorithm:name:base64 as 'nsupdate -y' takes it, but found " + found
                + "; store it as, for example, hmac-sha256:godwit:… (tsig-keygen prints the parts)");
    }
}
