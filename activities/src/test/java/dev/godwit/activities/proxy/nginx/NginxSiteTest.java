package dev.godwit.activities.proxy.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.activities.proxy.DerivedSite;
import dev.godwit.activities.proxy.Endpoint;
import dev.godwit.activities.proxy.nginx.ConfigReader.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NginxSiteTest {
    private static final String ORIGINAL = "0".repeat(64);
    private static final DerivedSite.Purpose FOR = new DerivedSite.Purpose("m1", ORIGINAL, "192.0.2.2");
    private static final String SNIPPET = """
            ssl_protocols TLSv1.2 TLSv1.3;
            include snippets/more.conf;
            add_header Strict-Transport-Security "max-age=63072000";
            location = /in-a-snippet { return 204; }
            """;

    private static Site site(String text) throws Malformed {
        return Site.read(
                text.getBytes(StandardCharsets.ISO_8859_1),
                patterns -> patterns.stream()
                        .collect(Collectors.toMap(
                                Function.identity(),
                                pattern -> pattern.endsWith("tls.conf")
                                        ? List.of(SNIPPET)
                                        : List.of("ssl_session_tickets off;"))));
    }

    private static DerivedSite page(String text, String... names) throws Malformed {
        return new NginxSite(site(text), List.of(names), null).page(FOR);
    }

    private static DerivedSite forward(String text, String target, String... names) throws Malformed {
        return new NginxSite(site(text), List.of(names), null).forward(new DerivedSite.Purpose("m1", ORIGINAL, target));
    }

    private static byte[] bytes(DerivedSite derived) {
        return derived.text().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<Directive> servers(DerivedSite derived) throws Malformed {
        return ConfigReader.read(derived.text()).stream()
                .filter(directive -> directive.name().equals("server"))
                .toList();
    }

    private static List<String> inside(Directive server) {
        return server.block().stream()
                .map(directive -> String.join(" ", directive.words()))
                .toList();
    }

    @Test
    void shouldKeepTheConnectionAndReplaceTheContent() throws Malformed {
        List<Directive> servers = servers(page(Configs.SHOP, "shop.example.org"));
        assertThat(servers).hasSize(2);
        assertThat(inside(servers.get(1)))
                .contains(
                        "listen 443 ssl http2",
                        "listen [::]:443 ssl http2",
                        "server_name shop.example.org",
                        "ssl_protocols TLSv1.2 TLSv1.3",
                        "ssl_session_tickets off",
                        "ssl_certificate /etc/letsencrypt/live/shop.example.org/fullchain.pem",
                        "access_log /var/log/nginx/shop.log combined if=$loggable",
                        "client_max_body_size 0",
                        "add_header Retry-After 60 always")
                .doesNotContain("client_max_body_size 64m", "allow 10.0.0.0/8", "error_page 502 /down.html")
                .noneMatch(line -> line.startsWith("include ") || line.contains("Strict-Transport"));
        assertThat(servers.get(1).all("location")).hasSize(2);
    }

    @Test
    void shouldKeepChallengesAndTheRootTheyNeed() throws Malformed {
        Directive http = servers(page(Configs.SHOP, "shop.example.org")).getFirst();
        assertThat(inside(http)).contains("location ^~ /.well-known/acme-challenge/", "root /var/www/html");
        assertThat(inside(http)).filteredOn(line -> line.startsWith("location")).hasSize(3);
    }

    @Test
    void shouldKeepAccessRulesWhenForwarding() throws Malformed {
        DerivedSite forward = forward(Configs.SHOP, "192.0.2.2", "shop.example.org");
        Directive server = servers(forward).get(1);
        assertThat(inside(server)).doesNotContain("allow 10.0.0.0/8", "deny all");
        Directive everything = server.all("location")
                .filter(location -> location.words().equals(List.of("location", "/")))
                .findFirst()
                .orElseThrow();
        assertThat(inside(everything)).contains("allow 10.0.0.0/8", "deny all");
        assertThat(forward.text()).contains("server 192.0.2.2:80;", "server 192.0.2.2:443;");
    }

    @Test
    void shouldPassOnWhatAProxyInFrontSaysOnlyWhereTheSiteBelievesIt() throws Malformed {
        String passedOn = "map $http_x_forwarded_proto ";
        String server = "server { listen 80; server_name s.example; %s }";
        assertThat(forward(server.formatted(""), "192.0.2.2", "s.example").text())
                .doesNotContain(passedOn);
        assertThat(forward(server.formatted("set_real_ip_from 192.0.2.9;"), "192.0.2.2", "s.example")
                        .text())
                .contains(passedOn);
        assertThat(forward(
                                server.formatted(
                                        "location / { proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto; }"),
                                "192.0.2.2",
                                "s.example")
                        .text())
                .contains(passedOn);
    }

    @Test
    void shouldBracketIpv6Targets() throws Malformed {
        assertThat(forward(Configs.SHOP, "2001:db8::2", "shop.example.org").text())
                .contains("server [2001:db8::2]:443;");
    }

    @Test
    void shouldLeaveOtherBlocksByteForByte() throws Malformed {
        String text = page(Configs.WITH_MAP_AND_UPSTREAM, "shop.example.org").text();
        int shop = Configs.WITH_MAP_AND_UPSTREAM.indexOf("server {\n    listen 8080;\n    server_name shop");
        int between = Configs.WITH_MAP_AND_UPSTREAM.indexOf("\n# between");
        assertThat(text)
                .contains(Configs.WITH_MAP_AND_UPSTREAM.substring(0, shop))
                .endsWith(Configs.WITH_MAP_AND_UPSTREAM.substring(between));
    }

    @Test
    void shouldKeepBytesThatAreNotAscii() throws Malformed {
        String utf8 = new String("# Grüße €\n".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        DerivedSite page = page(utf8 + Configs.SHOP, "shop.example.org");
        assertThat(new String(bytes(page), StandardCharsets.UTF_8)).contains("# Grüße €\n");
    }

    @Test
    void shouldFindServersInsideHttp() throws Malformed {
        String text = "events { }\nhttp { include mime.types; " + Configs.SHOP + "}\n";
        assertThat(page(text, "shop.example.org").text())
                .startsWith("# Godwit:")
                .contains("events { }\nhttp { include");
    }

    @Test
    void shouldChangeEveryBlockThatAnswersToTheNames() throws Malformed {
        DerivedSite page = page(Configs.WITH_MAP_AND_UPSTREAM, "shop.example.org", "acme.shop.example.org");
        assertThat(servers(page))
                .extracting(server -> inside(server).contains("add_header Retry-After 60 always"))
                .containsExactly(true, false, true);
    }

    @Test
    void shouldHaveANonceThatDependsOnMigrationAndContentAlone() throws Malformed {
        DerivedSite once = page(Configs.SHOP, "shop.example.org");
        assertThat(page(Configs.SHOP, "shop.example.org")).isEqualTo(once);
        assertThat(once.nonce()).matches("[0-9a-f]{24}");
        assertThat(once.text()).doesNotContain("@@");
        assertThat(List.of(
                        new NginxSite(site(Configs.SHOP), List.of("shop.example.org"), null)
                                .page(new DerivedSite.Purpose("m2", ORIGINAL, "192.0.2.2")),
                        new NginxSite(site(Configs.SHOP), List.of("shop.example.org"), "/page.html").page(FOR),
                        forward(Configs.SHOP, "192.0.2.2", "shop.example.org"),
                        forward(Configs.SHOP, "192.0.2.3", "shop.example.org")))
                .extracting(DerivedSite::nonce)
                .doesNotHaveDuplicates()
                .doesNotContain(once.nonce());
    }

    @Test
    void shouldKeepTheProbeFromWhatAnswersShow() throws Malformed {
        DerivedSite page = page(Configs.SHOP, "shop.example.org");
        DerivedSite forward = forward(Configs.SHOP, "192.0.2.2", "shop.example.org");
        assertThat(page.probe()).matches("[0-9a-f]{64}").doesNotContain(page.nonce(), forward.nonce());
        assertThat(servers(page).get(1).deep())
                .filteredOn(directive -> directive.text().contains(page.probe()))
                .extracting(Directive::name)
                .containsExactlyInAnyOrder("server", "location", "if");
        assertThat(forward.text()).doesNotContain(forward.probe(), page.probe());
    }

    @Test
    void shouldSayWhatItStandsFor() throws Malformed {
        DerivedSite page = page(Configs.SHOP, "shop.example.org");
        assertThat(DerivedSite.mark(bytes(page))).contains(new DerivedSite.Mark("m1", ORIGINAL, page.nonce()));
        assertThat(DerivedSite.mark(Configs.SHOP.getBytes(StandardCharsets.ISO_8859_1)))
                .isEmpty();
    }

    @Test
    void shouldStayUnderTheLengthOfAWordThatNginxReads() throws Malformed {
        assertThat(ConfigReader.read(page(Configs.SHOP, "shop.example.org").text()).stream()
                        .flatMap(Directive::deep)
                        .flatMap(directive -> directive.words().stream()))
                .allMatch(word -> word.length() < 4000);
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example.org, shop.example.org, true",
        "Shop.Example.org, shop.example.ORG, true",
        "shop.example.org, www.shop.example.org, false",
        "*.example.org, shop.example.org, true",
        "*.example.org, a.b.example.org, true",
        "*.example.org, example.org, false",
        ".example.org, example.org, true",
        ".example.org, shop.example.org, true",
        ".example.org, anexample.org, false",
        "www.example.*, www.example.org, true",
        "www.example.*, www.example., false",
        "~^(?<name>\\w+)\\.example\\.org$, shop.example.org, true",
        "~^\\d+\\.example\\.org$, shop.example.org, false",
        "~(?P<pcre>x), x, false",
        "_, shop.example.org, false",
    })
    void shouldMatchNamesAsNginxDoes(String serverName, String host, boolean covered) {
        assertThat(ServerName.covers(serverName, host)).isEqualTo(covered);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    80                              | 192.0.2.1 | http://s.example at 192.0.2.1:80
                    443 ssl http2                   | 192.0.2.1 | https://s.example at 192.0.2.1:443
                    *:8080                          | 192.0.2.1 | http://s.example at 192.0.2.1:8080
                    80                              | 2001:db8::1 | http://s.example at 127.0.0.1:80 from the server itself
                    192.0.2.9                       | 192.0.2.1 | http://s.example at 192.0.2.9:80 from the server itself
                    192.0.2.9:443 ssl               | 192.0.2.9 | https://s.example at 192.0.2.9:443
                    [::]:443 ssl                    | 192.0.2.1 | https://s.example at [::1]:443 from the server itself
                    [::]:443 ssl ipv6only=off       | 192.0.2.1 | https://s.example at 192.0.2.1:443
                    [::]:443 ssl                    | 2001:db8::1 | https://s.example at [2001:db8::1]:443
                    [2001:db8::9]:443 ssl           | 192.0.2.1 | https://s.example at [2001:db8::9]:443 from the server itself
                    127.0.0.1:80                    | 192.0.2.1 | http://s.example at 127.0.0.1:80 from the server itself
                    localhost:80                    | 192.0.2.1 | http://s.example at 127.0.0.1:80 from the server itself
                    name.example:80                 | 192.0.2.1 | -
                    127.0.0.1:80                    | 127.0.0.1 | http://s.example at 127.0.0.1:80
                    unix:/run/x.sock                | 192.0.2.1 | -
                    443 quic reuseport              | 192.0.2.1 | -
                    80 proxy_protocol               | 192.0.2.1 | -
                    """)
    void shouldAskWhereNginxListens(String listen, String address, String endpoint) throws Malformed {
        Site site = site("server { listen " + listen + "; server_name s.example; }");
        assertThat(site.endpoints(List.of("s.example"), address).stream().map(Endpoint::toString))
                .isEqualTo(endpoint == null ? List.of() : List.of(endpoint));
        assertThat(site.otherListens(List.of("s.example")))
                .isEqualTo(endpoint == null && !listen.endsWith("proxy_protocol") ? List.of(listen) : List.of());
    }

    @Test
    void shouldReadWhatAnIncludeBringsAsPartOfTheBlock() throws Malformed {
        Site site = Site.read(
                "server { include names; }".getBytes(StandardCharsets.ISO_8859_1),
                patterns -> Map.of("names", List.of("server_name s.example;", "listen 81;")));
        assertThat(site.unanswered(List.of("s.example", "t.example"))).containsExactly("t.example");
        assertThat(site.endpoints(List.of("s.example"), "192.0.2.1"))
                .extracting(Endpoint::port)
                .containsExactly(81);
    }
}
