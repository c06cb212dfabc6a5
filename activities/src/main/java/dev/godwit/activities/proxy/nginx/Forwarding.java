package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.proxy.DerivedSite;
import dev.godwit.activities.proxy.Endpoint;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The way from a site to the server behind it, in nginx's language (1.10 and later). Nothing is buffered, and
 * connections are reused.
 *
 * <p>The other end may close a kept connection in the moment in which a request is sent on it. Then nginx sends that
 * request again on another one ({@code proxy_next_upstream error}), as RFC 9112, 9.3.1 lets it do with GET and HEAD.
 * Only those go over kept connections, and only without a body. Everything else gets a connection of its own, as nobody
 * could say whether it was carried out, and is never sent twice. So it does not matter how long the other end keeps its
 * connections.
 *
 * <p>A connection is kept for one name alone, the one that its TLS handshake asked for: a server may refuse other names
 * on it (status 421, RFC 9110, 15.5.20). What a pattern of names covers is not kept.
 *
 * @param back the IP address of the server behind
 */
record Forwarding(Site site, List<String> names, String back) {
    /** Begins the names of variables and upstreams in a derived site. */
    private static final String PREFIX = "godwit_" + DerivedSite.SHORT_NONCE;

    /** How many connections that nobody uses each worker keeps, over all groups: nginx counts them against its limit. */
    private static final int KEPT = 64;

    /** A name that is one name, and a word of nginx's language as it is. */
    private static final Pattern EXACT = Pattern.compile("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*");

    /** TLS sessions are reused, which is nginx's default, also where connections are not. */
    private static final String PROXY = """
            proxy_http_version 1.1;
            proxy_set_header Host $%1$s_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $%1$s_connection;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $%1$s_proto;
            proxy_ssl_server_name on;
            proxy_ssl_name $host;
            proxy_ssl_protocols TLSv1.2 TLSv1.3;
            proxy_redirect off;
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_intercept_errors off;
            proxy_cache off;
            proxy_next_upstream error;
            proxy_connect_timeout 5s;
            proxy_send_timeout 1h;
            proxy_read_timeout 1h;
            """.formatted(PREFIX);

    /** In a location: forwards on a connection of its own. */
    String once() {
        return "proxy_pass $scheme://%s_$server_port;%n".formatted(PREFIX) + PROXY;
    }

    /** In a location of a server block with {@link #choice}: forwards, on a kept connection where that is safe. */
    String reusing() {
        return "proxy_pass $scheme://%1$s_$server_port$%1$s_kept;%n".formatted(PREFIX) + PROXY;
    }

    /** Before the server blocks: what {@link #once} needs, a group for each port, and maps. */
    String before() {
        // A request without Host (HTTP/1.0) gets the name of the server block; a connection is upgraded if asked to.
        return group("", "") + """
                map $http_upgrade $%1$s_connection { default upgrade; '' ''; }
                map $http_host $%1$s_host { default $http_host; '' $host; }
                map %2$s $%1$s_proto { default %2$s; '' $scheme; }
                """.formatted(PREFIX, isBehindAProxy() ? "$http_x_forwarded_proto" : "$scheme");
    }

    /** Before the server blocks: what {@link #reusing} needs, for each name a group for each port. */
    String beforeReusing() {
        List<String> kept = keptNames();
        int each =
                Math.max(1, KEPT / Math.max(1, kept.size() * site.ports(names).size()));
        return before()
                + IntStream.range(0, kept.size())
                        .mapToObj(i -> group("_" + i, " keepalive " + each + ";"))
                        .collect(Collectors.joining())
                + "map $request_method$http_content_length$http_transfer_encoding $%s_asks".formatted(PREFIX)
                + " { default ''; GET $host; HEAD $host; }\n";
    }

    private String group(String suffix, String more) {
        return site.ports(names).stream()
                .map(port -> "upstream %s_%d%s { server %s:%d;%s }%n"
                        .formatted(PREFIX, port, suffix, Endpoint.bracketed(back), port, more))
                .collect(Collectors.joining());
    }

    /** In a server block: which group a request goes to. */
    String choice(Site.Server server) {
        List<String> kept = keptNames();
        return "    set $%s_kept '';%n".formatted(PREFIX)
                + keptNames(server)
                        .map(name -> "    if ($%1$s_asks = %2$s) { set $%1$s_kept _%3$d; }%n"
                                .formatted(PREFIX, name, kept.indexOf(name)))
                        .collect(Collectors.joining());
    }

    private List<String> keptNames() {
        return site.serversFor(names).stream()
                .flatMap(this::keptNames)
                .distinct()
                .sorted()
                .toList();
    }

    /** The names that are kept apart in one block: those that it has, and those of the spec that its patterns cover. */
    private Stream<String> keptNames(Site.Server server) {
        return Stream.concat(server.names().stream(), names.stream().filter(server::answersTo))
                .filter(name -> EXACT.matcher(name).matches())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .distinct();
    }

    /**
     * Whether the site believes what a proxy in front of it says of visitors. That proxy may have ended TLS: the server
     * behind would send its visitors from http to https for ever if it were told how the proxy asks.
     */
    private boolean isBehindAProxy() {
        return site.serversFor(names).stream()
                .flatMap(Site.Server::deep)
                .anyMatch(directive -> directive.name().equals("set_real_ip_from")
                        || directive.parameters().stream().anyMatch(word -> word.contains("$http_x_forwarded_proto")));
    }
}
