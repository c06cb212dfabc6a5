package dev.godwit.workflows.spec;

/**
 * Dynamic updates (RFC 2136) signed with TSIG (RFC 8945).
 *
 * @param server the primary's address
 * @param key a secret in the form of {@code nsupdate -y}: {@code algorithm:name:base64}
 */
public record Rfc2136Provider(String server, int port, SecretRef key) implements DnsProvider {
    public Rfc2136Provider {
        port = port == 0 ? 53 : port;
    }
}
