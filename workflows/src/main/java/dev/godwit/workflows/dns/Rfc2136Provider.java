package dev.godwit.workflows.dns;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.notation.Text;

/** Dynamic updates (RFC 2136) signed with TSIG (RFC 8945). */
public record Rfc2136Provider(
        @Key(value = "the primary server's address", text = Text.ADDRESS)
        String server,

        @Key(value = "its port", least = 1, most = 65535, standard = "53")
        int port,

        @Key("the secret with the TSIG key, algorithm:name:base64 as nsupdate -y takes it")
        SecretRef key)
        implements DnsProvider {
    public Rfc2136Provider {
        port = port == 0 ? 53 : port;
    }
}
