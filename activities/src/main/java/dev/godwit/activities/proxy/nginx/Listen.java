package dev.godwit.activities.proxy.nginx;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server block listens over TCP.
 *
 * @param address the address as written, without brackets; null for every address
 * @param ipv6 whether it is an IPv6 address or {@code [::]}
 * @param tls whether it speaks TLS
 * @param proxyProtocol whether it expects the PROXY protocol
 */
record Listen(@Nullable String address, boolean ipv6, int port, boolean tls, boolean proxyProtocol) {
    private static final Pattern PLACE = Pattern.compile("(?:\\[([^]]+)]|([^:]+))(?::(\\d{1,5}))?");
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");

    /** Reads a {@code listen}; empty for a UNIX socket and for QUIC, which no TCP client can ask. */
    static Optional<Listen> read(Directive listen, boolean tlsByDefault) {
        List<String> flags = listen.parameters().size() > 1
                ? listen.parameters().subList(1, listen.parameters().size())
                : List.of();
        String place = listen.first().orElse("");
        if (place.isEmpty() || place.startsWith("unix:") || flags.contains("quic")) {
            return Optional.empty();
        }
        boolean tls = tlsByDefault || flags.contains("ssl");
        boolean proxyProtocol = flags.contains("proxy_protocol");
        if (PORT.matcher(place).matches()) {
            return Optional.of(new Listen(null, false, Integer.parseInt(place), tls, proxyProtocol));
        }
        Matcher parts = PLACE.matcher(place);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int port = parts.group(3) == null ? 80 : Integer.parseInt(parts.group(3));
        boolean ipv6 = parts.group(1) != null;
        String address = ipv6 ? parts.group(1) : parts.group(2);
        boolean every = address.equals("*") || address.equals("0.0.0.0") || address.equals("::");
        return Optional.of(new Listen(every ? null : address, ipv6, port, tls, proxyProtocol));
    }

    /** Every place where a server block listens; port 80 if it does not say. */
    static List<Listen> of(Directive server) {
        boolean legacyTls =
                server.all("ssl").anyMatch(ssl -> ssl.first().orElse("").equals("on"));
        if (server.all("listen").findAny().isEmpty()) {
            return List.of(new Listen(null, false, 80, legacyTls, false));
        }
        return server.all("listen")
                .flatMap(listen -> read(listen, legacyTls).stream())
                .toList();
    }

    /**
     * The address at which a client that is not on the server reaches this, given the address by which the server is
     * known; empty if there is none.
     */
    Optional<String> reachedAt(String serverAddress) {
        boolean serverIsIpv6 = serverAddress.contains(":");
        if (address == null) {
            return serverIsIpv6 == ipv6 ? Optional.of(serverAddress) : Optional.empty();
        }
        boolean loopback = address.startsWith("127.") || address.equals("::1") || address.equals("localhost");
        return loopback && !address.equals(serverAddress) ? Optional.empty() : Optional.of(address);
    }
}
