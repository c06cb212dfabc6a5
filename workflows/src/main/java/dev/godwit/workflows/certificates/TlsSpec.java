package dev.godwit.workflows.certificates;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.util.List;

/**
 * Certificates that move with the service.
 *
 * @param certificates links inside them are followed to their files, which move too
 */
public record TlsSpec(
        @Key(value = "files or folders with certificates and their keys", text = Text.PATH, standard = "[]")
        List<String> certificates,

        @Key(value = "what renews them", standard = "\"none\"")
        Renewal renewal) {
    public static final TlsSpec NONE = new TlsSpec(List.of(), Renewal.NONE);

    public TlsSpec {
        certificates = certificates == null ? List.of() : List.copyOf(certificates);
        renewal = renewal == null ? Renewal.NONE : renewal;
    }

    /** What renews a certificate. */
    public enum Renewal {
        @JsonProperty("none")
        NONE,
        /** certbot: its renewal configuration and accounts move along, or the target could not renew. */
        @JsonProperty("certbot")
        CERTBOT
    }
}
