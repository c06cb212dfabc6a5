package dev.godwit.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a migration on the lab needs to know: {@code lab env --json}.
 *
 * @param sshKey file with the private key that opens every server
 * @param tsigName name of the key that signs updates of the zone
 * @param tsigSecretFile file with that key in base64
 * @param caCertificate PEM file with the authority behind the site's certificate
 * @param uploads folder of the site's files
 * @param certificate folder of the site's certificate
 * @param hosts servers by name: old, new, ns1, ns2, client
 */
public record LabEnvironment(
        Path labHome,
        String service,
        String zone,
        String sshUser,
        Path sshKey,
        String tsigName,
        String tsigAlgorithm,
        Path tsigSecretFile,
        Path caCertificate,
        String databaseName,
        String uploads,
        String proxySite,
        String certificate,
        Map<String, Host> hosts) {
    public LabEnvironment {
        hosts = Map.copyOf(hosts);
    }

    /** A lab that is not there, for what needs nothing but the shape of its spec. */
    public static final LabEnvironment SAMPLE = new LabEnvironment(
            Path.of("/nowhere"),
            "shop.example.org",
            "example.org",
            "root",
            Path.of("/nowhere"),
            "godwit.",
            "hmac-sha256",
            Path.of("/nowhere"),
            Path.of("/nowhere"),
            "shop",
            "/srv/shop/uploads",
            "/etc/nginx/sites-enabled/shop",
            "/etc/letsencrypt/live/shop.example.org",
            Map.of(
                    "old", Host.sample("old", 2),
                    "new", Host.sample("new", 3),
                    "ns1", Host.sample("ns1", 53),
                    "ns2", Host.sample("ns2", 54)));

    /**
     * A server.
     *
     * @param name the full name
     * @param hostKey fingerprint of its ssh key
     */
    public record Host(String name, String address, String hostKey) {
        private static Host sample(String name, int number) {
            return new Host(
                    name + ".example.org", "10.66.0." + number, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
        }
    }

    /** One of the servers. */
    Host host(String name) {
        Host host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("Expected one of " + hosts.keySet() + ", but found " + name);
        }
        return host;
    }

    public Host source() {
        return host("old");
    }

    public Host target() {
        return host("new");
    }

    /** The authoritative servers, the primary first. */
    List<Host> nameServers() {
        return List.of(host("ns1"), host("ns2"));
    }
}
