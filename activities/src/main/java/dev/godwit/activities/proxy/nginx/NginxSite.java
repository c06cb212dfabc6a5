package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.proxy.DerivedSite;
import dev.godwit.activities.proxy.Endpoint;
import dev.godwit.activities.proxy.ProxySite;
import dev.godwit.workflows.proxy.NginxProxy;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A site of nginx, and what Godwit can make of it: the same server blocks where they matter to a connection (names,
 * ports, TLS, logs), with another content. Blocks for other names, maps, upstreams and comments between them stay byte
 * for byte.
 *
 * @param page the operator's own page, a file that nginx's workers can read; null for Godwit's
 */
record NginxSite(Site site, List<String> names, @Nullable String page) implements ProxySite {
    /** What a connection needs, whatever is answered over it. */
    private static final Set<String> CONNECTION = Set.of(
            "listen",
            "server_name",
            "ssl",
            "http2",
            "http3",
            "access_log",
            "error_log",
            "resolver",
            "resolver_timeout",
            "set",
            "keepalive_timeout",
            "keepalive_requests",
            "keepalive_time",
            "keepalive_disable",
            "client_header_timeout",
            "client_header_buffer_size",
            "client_body_timeout",
            "large_client_header_buffers",
            "send_timeout",
            "server_tokens",
            "ignore_invalid_headers",
            "underscores_in_headers",
            "merge_slashes",
            "connection_pool_size",
            "request_pool_size",
            "reset_timedout_connection",
            "tcp_nodelay",
            "tcp_nopush",
            "set_real_ip_from",
            "real_ip_header",
            "real_ip_recursive");

    private static final List<String> CONNECTION_PREFIXES = List.of("ssl_", "http2_", "http3_", "quic_", "lingering_");

    /** Who may ask, and how often: the old server knows the visitors' addresses, the target sees only the old server. */
    private static final Set<String> ACCESS = Set.of("allow", "deny", "satisfy", "auth_basic", "auth_basic_user_file");

    private static final List<String> ACCESS_PREFIXES = List.of("limit_req", "limit_conn", "limit_rate");

    /** Godwit's own page, for every language: it names no product and loads nothing. At most 4 kB, nginx's limit. */
    private static final String OWN_PAGE = """
            <!doctype html><html lang="en"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">\
            <title>Back in a moment</title><style>body{font:1.2em/1.5 system-ui,sans-serif;margin:20vh auto;\
            max-width:30em;padding:0 1em;text-align:center}</style></head><body><h1>Back in a moment</h1>\
            <p>This site is being moved to a new server. Nothing is lost. Please try again in a minute.</p>\
            </body></html>""";

    static NginxSite of(Site site, NginxProxy proxy) {
        return new NginxSite(site, proxy.names(), proxy.page());
    }

    @Override
    public List<Endpoint> endpoints(String serverAddress) {
        return site.endpoints(names, serverAddress);
    }

    @Override
    public List<String> otherListens() {
        return site.otherListens(names);
    }

    @Override
    public SortedSet<Integer> ports() {
        return site.ports(names);
    }

    @Override
    public DerivedSite page(DerivedSite.Purpose purpose) {
        Forwarding forwarding = new Forwarding(site, names, purpose.back());
        String headers = """
                    add_header %s "%s" always;
                    add_header Retry-After 60 always;
                    add_header Cache-Control no-store always;
                """.formatted(DerivedSite.NONCE_HEADER, DerivedSite.NONCE);
        String answer = page == null ? "return 503 '" + OWN_PAGE + "';" : "return 503;";
        String content = "    client_max_body_size 0;\n" + headers
                + """
                    location / {
                        types { }
                        default_type "text/html; charset=utf-8";
                        %1$s
                    }
                    location = %2$s {
                        types { }
                        default_type "text/html; charset=utf-8";
                        if ($http_x_godwit_probe != "%3$s") {
                            %1$s
                        }
                %4$s        add_header %5$s $upstream_addr always;
                        proxy_set_header %6$s "";
                %7$s    }
                """.formatted(
                                answer,
                                DerivedSite.PROOF_PATH,
                                DerivedSite.PROBE,
                                headers.indent(4),
                                DerivedSite.UPSTREAM_HEADER,
                                DerivedSite.PROBE_HEADER,
                                forwarding.once().indent(8))
                + (page == null ? "" : operatorsPage(page));
        return derived(purpose, DerivedSite.Serves.PAGE, forwarding.before(), server -> {
            boolean challenges = server.content().stream().anyMatch(NginxSite::isChallenge);
            return kept(
                            server,
                            directive -> isConnection(directive)
                                    || isChallenge(directive)
                                    || (challenges && directive.name().equals("root")))
                    + content;
        });
    }

    private static String operatorsPage(String page) {
        return """
                    error_page 503 /.godwit/%1$s;
                    location = /.godwit/%1$s {
                        internal;
                        types { }
                        default_type "text/html; charset=utf-8";
                        alias %2$s;
                    }
                """.formatted(DerivedSite.NONCE, quoted(page));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The server block's rules about access stay, but not for Godwit's proof, which has no password and asks ten
     * times at once. Where locations have rules of their own, none stays: see {@link #hasExemptions}.
     */
    @Override
    public DerivedSite forward(DerivedSite.Purpose purpose) {
        Forwarding forwarding = new Forwarding(site, names, purpose.back());
        String content = """
                    client_max_body_size 0;
                    gzip off;
                    expires off;
                    add_header %s "%s" always;
                    add_header %s $upstream_addr always;
                    location = %s {
                        auth_basic off;
                        allow all;
                %s    }
                """.formatted(
                        DerivedSite.NONCE_HEADER,
                        DerivedSite.NONCE,
                        DerivedSite.UPSTREAM_HEADER,
                        DerivedSite.PROOF_PATH,
                        forwarding.reusing().indent(8));
        return derived(
                purpose,
                DerivedSite.Serves.FORWARD,
                forwarding.beforeReusing(),
                server -> kept(server, NginxSite::isConnection)
                        + forwarding.choice(server)
                        + content
                        + "    location / {\n"
                        + (hasExemptions(server)
                                ? ""
                                : kept(server, NginxSite::isAccess).indent(4))
                        + forwarding.reusing().indent(8)
                        + "    }\n");
    }

    private DerivedSite derived(
            DerivedSite.Purpose purpose,
            DerivedSite.Serves serves,
            String beforeFirst,
            Function<Site.Server, String> content) {
        StringBuilder text = new StringBuilder();
        int copied = 0;
        for (Site.Server server : site.serversFor(names)) {
            text.append(site.text(), copied, server.place().start());
            text.append(copied == 0 ? beforeFirst : "");
            text.append("server {\n").append(content.apply(server)).append('}');
            copied = server.place().end();
        }
        text.append(site.text(), copied, site.text().length());
        return DerivedSite.of(purpose, serves, text.toString());
    }

    private static String kept(Site.Server server, Predicate<Directive> keeps) {
        return server.content().stream()
                .filter(keeps)
                .map(directive -> "    " + directive.text() + "\n")
                .collect(Collectors.joining());
    }

    private static boolean isConnection(Directive directive) {
        return isOneOf(directive, CONNECTION, CONNECTION_PREFIXES);
    }

    /**
     * Whether some locations have rules about access of their own. The forwarding has no locations, so there the
     * server's rules would hold where they did not: a health check without a password would be asked for one.
     */
    static boolean hasExemptions(Site.Server server) {
        return server.content().stream()
                .flatMap(directive -> directive.block().stream())
                .flatMap(Directive::deep)
                .anyMatch(NginxSite::isAccess);
    }

    static boolean isAccess(Directive directive) {
        return isOneOf(directive, ACCESS, ACCESS_PREFIXES);
    }

    private static boolean isOneOf(Directive directive, Set<String> names, List<String> prefixes) {
        return names.contains(directive.name())
                || prefixes.stream().anyMatch(prefix -> directive.name().startsWith(prefix));
    }

    /** A location for ACME challenges (RFC 8555, 8.3), or one for all of /.well-known/ that asks no application. */
    private static boolean isChallenge(Directive directive) {
        if (!directive.name().equals("location")) {
            return false;
        }
        String path = directive.last().orElse("").replace("\\", "");
        return path.contains("/.well-known/acme-challenge")
                || (path.contains("/.well-known")
                        && directive.deep().noneMatch(inner -> inner.name().endsWith("_pass")));
    }

    private static String quoted(String path) {
        return '"' + path.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
