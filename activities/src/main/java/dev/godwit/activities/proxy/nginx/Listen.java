package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.proxy.Endpoint;
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
 * @param both whether {@code [::]} takes IPv4, too: {@code ipv6only=off}
 * @param tls whether it speaks TLS
 * @param proxyProtocol whether it expects the PROXY protocol
 */
record Listen(@Nullable String address, boolean ipv6, boolean both, int port, boolean tls, boolean proxyProtocol) {
    private static final Pattern PLACE = Pattern.compile("(?:\\[([^]]+)]|([^:]+))(?::(\\d{1,5}))?");
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /**
     * Reads a {@code listen}; empty for a UNIX socket and for QUIC, which no TCP client can ask, and for a host name,
     * whose address nginx alone knows.
     */
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
            return Optional.of(new Listen(null, false, false, Integer.parseInt(place), tls, proxyProtocol));
        }
        Matcher parts = PLACE.matcher(place);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int port = parts.group(3) == null ? 80 : Integer.parseInt(parts.group(3));
        boolean ipv6 = parts.group(1) != null;
        String address = ipv6 ? parts.group(1) : parts.group(2);
        if (address.equals("localhost")) {
            address = "127.0.0.1";
        }
        boolean every = address.equals("*") || address.equals("0.0.0.0") || address.equals("::");
        if (!every && !ADDRESS.matcher(address).matches()) {
            return Optional.empty();
        }
        boolean both = ipv6 && every && flags.contains("ipv6only=off");
        return Optional.of(new Listen(every ? null : address, ipv6, both, port, tls, proxyProtocol));
    }

    /** What a server block says of places at which nobody can be asked, as it is written. */
    static List<String> others(Directive server) {
        return server.all("listen")
                .filter(listen -> read(listen, false).isEmpty())
                .map(listen -> String.join(" ", listen.parameters()))
                .toList();
    }

    /** Every place where a server block listens; port 80 if it does not say. */
    static List<Listen> of(Directive server) {
        boolean legacyTls =
                server.all("ssl").anyMatch(ssl -> ssl.first().orElse("").equals("on"));
        if (server.all("listen").findAny().isEmpty()) {
            return List.of(new Listen(null, false, false, 80, legacyTls, false));
        }
        return server.all("listen")
                .flatMap(listen -> read(listen, legacyTls).stream())
                .toList();
    }

    /**
     * Where to ask for a name: from outside at the address by which the server is known, if this listens there; else
     * from the server itself, at the address where this listens.
     *
     * @param serverAddress the address by which the server is known
     */
    Endpoint endpoint(String name, String serverAddress) {
        if (address == null) {
            boolean answers = ipv6 == serverAddress.contains(":") || both;
            return answers
                    ? new Endpoint(tls, serverAddress, port, name, false)
                    : new Endpoint(tls, ipv6 ? "::1" : "127.0.0.1", port, name, true);
        }
        return new Endpoint(tls, address, port, name, !address.equals(serverAddress));
    }
}
