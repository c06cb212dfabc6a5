package dev.godwit.activities.proxy.nginx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.godwit.activities.ThisMachine;
import dev.godwit.activities.host.ActivityStubs;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.http.AddressedClient.NoAnswer;
import dev.godwit.activities.http.Answer;
import dev.godwit.activities.proxy.DerivedSite;
import dev.godwit.activities.proxy.ProxyActivities;
import dev.godwit.workflows.proxy.InspectProxy;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.Outage;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.proxy.ProxyRouting;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.proxy.SiteStep.DrainRequests;
import dev.godwit.workflows.proxy.SiteStep.ForwardRequests;
import dev.godwit.workflows.proxy.SiteStep.InstallSite;
import dev.godwit.workflows.proxy.SiteStep.ServePage;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against two real nginx on two addresses of the loopback network, source and target. */
class NginxRoutingTest {
    private static final String NAME = "shop.test";
    private static final Duration BOUND = Duration.ofSeconds(5);

    private final AddressedClient client = AddressedClient.accepting(Duration.ofSeconds(20));
    private final CountDownLatch slow = new CountDownLatch(1);
    private final CountDownLatch slowAsked = new CountDownLatch(1);

    @TempDir
    private Path folder;

    private int http;
    private int https;
    private RealNginx source;
    private RealNginx target;
    private HttpServer application;
    private @Nullable ActivityStubs stubs;
    private ProxyRouting routing;
    private MigrationContext migration;
    private String site;

    @BeforeEach
    void startBoth() throws IOException {
        assumeTrue(RealNginx.installed(), "needs nginx and openssl (Debian: nginx-light, openssl)");
        http = ThisMachine.freePort();
        https = ThisMachine.freePort();
        // Workers that are not root must reach the files below.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        source = new RealNginx("old", "127.0.0.1", folder.resolve("old"), http, https);
        target = new RealNginx("new", "127.0.0.2", folder.resolve("new"), http, https);
        startApplication();
        for (RealNginx nginx : List.of(source, target)) {
            nginx.certify(NAME);
        }
        site = """
                # the shop
                server {
                    include snippets/listen.conf;
                    server_name shop.test;
                    ssl_certificate shop.test.crt;
                    ssl_certificate_key shop.test.key;
                    location /.well-known/acme-challenge/ { return 200 "challenge"; }
                    location / {
                        proxy_pass http://127.0.0.1:%d;
                        proxy_http_version 1.1;
                        proxy_set_header Host $http_host;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $http_connection;
                        proxy_set_header X-Forwarded-For $http_x_forwarded_for;
                        proxy_set_header X-Side $server_addr;
                    }
                }
                server { include snippets/listen.conf; server_name other.test; return 200 "other"; %s }
                """.formatted(
                        application.getAddress().getPort(),
                        "ssl_certificate shop.test.crt; ssl_certificate_key shop.test.key;");
        source.enableSite(site);
        source.start();
        migration = new MigrationContext("m-" + http, NAME, source.spec(), target.spec());
        routing = routing(RealNginx.layout("nginx"), Optional.empty());
    }

    private ProxyRouting routing(NginxLayout layout, Optional<Path> programs) {
        if (stubs != null) {
            stubs.close();
        }
        stubs = new ActivityStubs();
        return stubs.stub(
                ProxyRouting.class,
                new ProxyActivities(
                        host -> host.equals(source.spec()) ? source.server(programs) : target.server(programs),
                        proxy -> new NginxServer((NginxProxy) proxy, layout),
                        AddressedClient.accepting(Duration.ofSeconds(4)),
                        BOUND));
    }

    @AfterEach
    void stopBoth() throws IOException {
        slow.countDown();
        client.close();
        if (stubs != null) {
            stubs.close();
        }
        if (application != null) {
            application.stop(0);
        }
        for (RealNginx nginx : Arrays.asList(source, target)) {
            if (nginx != null) {
                nginx.close();
            }
        }
    }

    private void startApplication() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        application.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals("/slow")) {
                slowAsked.countDown();
                awaitSlow();
            }
            String answer = String.join(
                    "|",
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    "side " + exchange.getRequestHeaders().getFirst("X-Side"),
                    "host " + exchange.getRequestHeaders().getFirst("Host"),
                    "for " + exchange.getRequestHeaders().getFirst("X-Forwarded-For"),
                    "bytes " + body.length);
            exchange.sendResponseHeaders(200, answer.length());
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer.getBytes(UTF_8));
            }
        });
        application.start();
    }

    private void awaitSlow() throws IOException {
        try {
            if (!slow.await(30, TimeUnit.SECONDS)) {
                throw new IOException("nobody let the slow request go on");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void startTarget() throws IOException {
        target.enableSite(site);
        target.start();
    }

    private Answer ask(RealNginx nginx, String url) throws NoAnswer {
        return client.get(nginx.address, URI.create(url));
    }

    private Answer ask(String address, String url) throws NoAnswer {
        return client.get(address, URI.create(url));
    }

    private Answer ask(String path) throws NoAnswer {
        return ask(source, "https://" + NAME + ":" + https + path);
    }

    private NginxProxy proxy() {
        return proxy(null, Duration.ofSeconds(5));
    }

    private NginxProxy proxy(@Nullable String page, Duration drain) {
        return new NginxProxy(RealNginx.SITE, List.of(NAME), Outage.PAGE, page, drain);
    }

    private BeforeImage look(SiteStep step) {
        return routing.lookAtSite(new Look<>(migration, "step", step));
    }

    private Outcome servePage(NginxProxy proxy, BeforeImage before) {
        return routing.servePage(new Act<>(migration, "serve-page", new ServePage(proxy), before));
    }

    private Outcome servePage() {
        ServePage step = new ServePage(proxy());
        return servePage(proxy(), look(step));
    }

    private Outcome forward(BeforeImage before) {
        return routing.forwardRequests(new Act<>(migration, "forward-requests", new ForwardRequests(proxy()), before));
    }

    private void forwardThroughThePage() {
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        forward(before);
    }

    private Outcome stopForwarding(BeforeImage before) {
        return routing.stopForwarding(new Undo<>(migration, "forward-requests", new ForwardRequests(proxy()), before));
    }

    private Outcome restore(SiteStep step, BeforeImage before) {
        return routing.restoreSite(new Undo<>(migration, "step", step, before));
    }

    private static void assertFails(FailureType type, String words, Runnable act) {
        assertThatThrownBy(act::run).isInstanceOf(ActivityFailure.class).cause().satisfies(cause -> {
            assertThat(((ApplicationFailure) cause).getType()).isEqualTo(type.name());
            assertThat(((ApplicationFailure) cause).getOriginalMessage()).contains(words);
        });
    }

    // ---- the page ----

    @Test
    void shouldServeThePageForEveryRequestButChallengesAndOtherNames() throws Exception {
        List<String> files = source.files();
        Outcome outcome = servePage();
        assertThat(outcome.summary()).contains("503", "https://shop.test at 127.0.0.1:" + https);
        for (String path : List.of("/", "/any/thing.css?x=1", "/slow")) {
            Answer answer = ask(path);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).contains("Back in a moment");
            assertThat(answer.header("Retry-After")).contains("60");
            assertThat(answer.header("Cache-Control")).contains("no-store");
            assertThat(answer.header("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(answer.header("X-Godwit")).isPresent();
        }
        assertThat(ask("/.well-known/acme-challenge/x").body()).isEqualTo("challenge");
        assertThat(ask(source, "http://other.test:" + http + "/").body()).isEqualTo("other");
        // More than nginx takes by default: the answer is the page all the same, before the body has come.
        try (Socket socket = new Socket(source.address, http)) {
            socket.getOutputStream()
                    .write("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5000000\r\n\r\n".getBytes(UTF_8));
            assertThat(until(socket.getInputStream(), "\r\n")).startsWith("HTTP/1.1 503");
        }
        assertThat(Files.isSymbolicLink(source.path(RealNginx.SITE))).isTrue();
        assertThat(source.files()).isEqualTo(files);
    }

    @Test
    void shouldNotReloadWhenThePageIsUpAlready() throws IOException {
        BeforeImage before = look(new ServePage(proxy()));
        servePage(proxy(), before);
        Set<Long> workers = source.workers();
        String file = source.read(RealNginx.FILE);
        assertThat(servePage(proxy(), before).summary()).contains("already");
        assertThat(source.workers()).isEqualTo(workers);
        assertThat(source.read(RealNginx.FILE)).isEqualTo(file);
    }

    @Test
    void shouldReloadWhenAnAttemptWasCutOffBeforeIt() throws Exception {
        BeforeImage before = look(new ServePage(proxy()));
        servePage(proxy(), before);
        String page = source.read(RealNginx.FILE);
        source.write(RealNginx.FILE, site);
        reload(source);
        source.write(RealNginx.FILE, page);
        assertThat(ask("/").status()).isEqualTo(200);
        assertThat(servePage(proxy(), before).summary()).doesNotContain("already");
        assertThat(ask("/").status()).isEqualTo(503);
    }

    @Test
    void shouldServeTheOperatorsPage() throws Exception {
        Path page = Files.writeString(folder.resolve("page.html"), "<h1>Closed for a move</h1>".repeat(500));
        NginxProxy proxy = proxy(page.toString(), Duration.ofSeconds(5));
        servePage(proxy, look(new ServePage(proxy)));
        Answer answer = ask("/style.css");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).hasSize(26 * 500);
        assertThat(answer.header("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(answer.header("Retry-After")).contains("60");
    }

    @Test
    void shouldLeaveTheOriginalWhenNginxRefusesItsConfiguration() throws Exception {
        refuses();
    }

    @Test
    void shouldLeaveTheOriginalWhereNoNamespacesAreAllowed() throws Exception {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Path unshare = Files.writeString(programs.resolve("unshare"), "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(unshare, PosixFilePermissions.fromString("rwxr-xr-x"));
        routing = routing(RealNginx.layout("nginx"), Optional.of(programs));
        refuses();
        Files.delete(source.path("/etc/nginx/sites-enabled/broken"));
        servePage();
        assertThat(ask("/").status()).isEqualTo(503);
        assertThat(source.files()).noneMatch(file -> file.contains("/."));
    }

    @Test
    void shouldSayThatTheDiskIsFull() throws Exception {
        BeforeImage before = look(new ServePage(proxy()));
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Path sync = Files.writeString(
                programs.resolve("sync"), "#!/bin/sh\necho 'sync: error syncing: Disk quota exceeded' >&2\nexit 1\n");
        Files.setPosixFilePermissions(sync, PosixFilePermissions.fromString("rwxr-xr-x"));
        routing = routing(RealNginx.layout("nginx"), Optional.of(programs));

        assertFails(FailureType.DISK_FULL, "Disk quota exceeded", () -> servePage(proxy(), before));
        assertThat(source.read(RealNginx.FILE)).isEqualTo(site);
    }

    private void refuses() throws Exception {
        BeforeImage before = look(new ServePage(proxy()));
        source.write("/etc/nginx/sites-enabled/broken", "server { nonsense on; }\n");
        List<String> files = source.files();
        Set<Long> workers = source.workers();
        assertFails(
                FailureType.PROXY_CONFIG_INVALID, "unknown directive \"nonsense\"", () -> servePage(proxy(), before));
        assertThat(source.read(RealNginx.FILE)).isEqualTo(site);
        assertThat(source.files()).isEqualTo(files);
        assertThat(source.workers()).isEqualTo(workers);
        assertThat(ask("/").status()).isEqualTo(200);
    }

    @Test
    void shouldNotTrustAReloadThatDidNotHappen() throws Exception {
        source.write("/etc/nginx/lazy", """
                #!/bin/sh
                case "$*" in *"-s reload"*) exit 0 ;; *) exec nginx "$@" ;; esac
                """);
        Files.setPosixFilePermissions(source.path("/etc/nginx/lazy"), PosixFilePermissions.fromString("rwxr-xr-x"));
        BeforeImage before = look(new ServePage(proxy()));
        routing = routing(RealNginx.layout("/etc/nginx/lazy"), Optional.empty());
        assertFails(FailureType.PROXY_NOT_PROVED, "workers of the old configuration", () -> servePage(proxy(), before));
        assertThat(ask("/").status()).isEqualTo(200);
    }

    @Test
    void shouldNotOverwriteSomebodyElsesChange() throws IOException {
        BeforeImage before = look(new ServePage(proxy()));
        source.write(RealNginx.FILE, site + "# edited\n");
        assertFails(FailureType.SPEC_MISMATCH, "changed it since", () -> servePage(proxy(), before));
        restore(new ServePage(proxy()), before);
        assertThat(source.read(RealNginx.FILE)).isEqualTo(site + "# edited\n");
    }

    // ---- where nginx listens ----

    /** Another block takes what comes by IPv6: the page that answers by IPv4 is not the whole truth. */
    @Test
    void shouldNotSayThatThePageIsUpWhereIpv6StillGetsThrough() throws Exception {
        String listen = "listen [::1]:" + http + ";";
        source.write("/etc/nginx/snippets/listen.conf", "listen 127.0.0.1:" + http + "; " + listen);
        source.write(
                "/etc/nginx/sites-enabled/0-first",
                "server { " + listen + " server_name shop.test; return 200 old; }\n");
        reload(source);
        BeforeImage before = look(new ServePage(proxy()));
        assertFails(
                FailureType.PROXY_NOT_PROVED,
                "status 200 without a nonce from http://shop.test at [::1]:" + http + " from the server itself",
                () -> servePage(proxy(), before));
        Files.delete(source.path("/etc/nginx/sites-enabled/0-first"));
        reload(source);
        assertThat(servePage(proxy(), before).summary()).contains("already", "[::1]:" + http);
        startTarget();
        assertThat(forward(before).summary()).contains("[::1]:" + http);
        assertThat(ask("::1", "http://shop.test:" + http + "/").body()).contains("side 127.0.0.2");
    }

    @Test
    void shouldAskByIpv4WhereOneListenerTakesBoth() throws Exception {
        String listen = "listen [::]:" + https + " ssl http2";
        source.write("/etc/nginx/snippets/listen.conf", listen + ";");
        source.write(RealNginx.FILE, site.replaceFirst("include snippets/listen.conf;", listen + " ipv6only=off;"));
        source.close();
        source.start();
        ServePage step = new ServePage(proxy());
        BeforeImage before = look(step);
        assertThat(servePage(proxy(), before).summary()).endsWith(": https://shop.test at 127.0.0.1:" + https);
        assertThat(ask("/").status()).isEqualTo(503);
        assertThat(ask("::1", "https://shop.test:" + https + "/").status()).isEqualTo(503);
        restore(step, before);
        assertThat(ask("/").body()).contains("GET|/|");
    }

    @Test
    void shouldNameWhereItCannotAsk() throws Exception {
        source.write(
                "/etc/nginx/snippets/listen.conf",
                "listen 127.0.0.1:" + http + "; listen unix:" + folder.resolve("socket") + ";");
        reload(source);
        // The file says more than nginx has loaded.
        source.write(RealNginx.FILE, site.replace("server_name shop.test;", "server_name shop.test; listen [::1]:1;"));
        target.start();
        Inspection<ProxyFacts> inspection = inspect(proxy());
        assertThat(codes(inspection, Finding.Severity.WARNING)).containsExactly("nginx-listen-unproved");
        assertThat(inspection.findings())
                .anyMatch(finding -> finding.message().contains("[::1]:1 (")
                        && finding.message().contains("unix:" + folder.resolve("socket")));
    }

    // ---- undo ----

    @Test
    void shouldRestoreTheSiteByteForByte() throws Exception {
        Path file = source.path(RealNginx.FILE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        FileTime time = FileTime.from(Instant.parse("2024-02-29T12:00:00Z"));
        Files.setLastModifiedTime(file, time);
        ServePage step = new ServePage(proxy());
        BeforeImage before = look(step);
        servePage(proxy(), before);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        restore(step, before);
        assertThat(source.read(RealNginx.FILE)).isEqualTo(site);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
        assertThat(Files.readSymbolicLink(source.path(RealNginx.SITE)))
                .hasToString("../sites-available/" + RealNginx.NAME);
        assertThat(ask("/").status()).isEqualTo(200);
        assertThat(ask("/").header("X-Godwit")).isEmpty();
        Set<Long> workers = source.workers();
        restore(step, before);
        assertThat(source.workers()).isEqualTo(workers);
        assertThat(source.files()).noneMatch(name -> name.contains("/."));
    }

    @Test
    void shouldRestoreWhatNeverHappened() throws IOException {
        ServePage step = new ServePage(proxy());
        BeforeImage before = look(step);
        Set<Long> workers = source.workers();
        restore(step, before);
        restore(step, BeforeImage.NOTHING);
        assertThat(source.workers()).isEqualTo(workers);
        assertThat(source.read(RealNginx.FILE)).isEqualTo(site);
    }

    /** nginx serves the page on without its file, so an undo that finds none has not brought visitors back. */
    @Test
    void shouldNotSayThatTheSiteIsBackWhenItsFileIsGone() throws Exception {
        BeforeImage before = look(new ServePage(proxy()));
        servePage(proxy(), before);
        Files.delete(source.path(RealNginx.SITE));
        assertFails(
                FailureType.SPEC_MISMATCH,
                "put the link or the file back",
                () -> restore(new ServePage(proxy()), before));
        assertFails(FailureType.SPEC_MISMATCH, "put the link or the file back", () -> stopForwarding(before));
        Files.createSymbolicLink(source.path(RealNginx.SITE), Path.of("../sites-available/" + RealNginx.NAME));
        stopForwarding(before);
        restore(new ServePage(proxy()), before);
        assertThat(source.read(RealNginx.FILE)).isEqualTo(site);
        assertThat(ask("/").status()).isNotEqualTo(503);
    }

    @Test
    void shouldFindTheOriginalBehindThePage() {
        BeforeImage first = look(new ServePage(proxy()));
        servePage(proxy(), first);
        assertThat(look(new ForwardRequests(proxy()))).isEqualTo(first);
    }

    // ---- forwarding ----

    @Test
    void shouldForwardEveryRequestToTheTarget() throws Exception {
        startTarget();
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        assertThat(forward(before).summary()).contains("127.0.0.2", "https://shop.test at 127.0.0.1:" + https);
        Answer answer = ask("/a%20b/c?d=%2F");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("GET|/a%20b/c?d=%2F|side 127.0.0.2|host shop.test:" + https + "|for 127.0.0.1|bytes 0");
        assertThat(answer.header("X-Godwit-Upstream")).contains("127.0.0.2:" + https);
        assertThat(ask(source, "http://shop.test:" + http + "/").header("X-Godwit-Upstream"))
                .contains("127.0.0.2:" + http);
        assertThat(ask("/.well-known/acme-challenge/x").header("X-Godwit-Upstream"))
                .isPresent();
        assertThat(ask(source, "http://other.test:" + http + "/").body()).isEqualTo("other");
        Set<Long> workers = source.workers();
        assertThat(forward(before).summary()).contains("already");
        assertThat(source.workers()).isEqualTo(workers);
    }

    /** The source works with one process here, and each process keeps connections of its own. */
    private void forwardFromOneWorker() throws Exception {
        source.write(
                "/etc/nginx/nginx.conf", source.read("/etc/nginx/nginx.conf").replace("processes 3", "processes 1"));
        reload(source);
        forwardThroughThePage();
    }

    private List<String> connections(String url, int requests) throws NoAnswer {
        List<String> connections = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            connections.add(ask(source, url).header("X-Connection").orElse("none"));
        }
        return connections;
    }

    /** A connection is reused for the name for which it was opened: what it may ask for depends on that (RFC 9110, 7.4). */
    @Test
    void shouldReuseConnectionsToTheTargetForEachName() throws Exception {
        site = site.replace(
                "server_name shop.test;",
                "server_name shop.test www.shop.test *.shop.test; add_header X-Connection $connection;");
        source.write(RealNginx.FILE, site);
        startTarget();
        forwardFromOneWorker();
        List<String> http = connections("http://shop.test:" + this.http + "/", 5);
        List<String> https = connections("https://shop.test:" + this.https + "/", 5);
        List<String> www = connections("https://www.shop.test:" + this.https + "/", 5);
        for (List<String> connections : List.of(http, https, www)) {
            assertThat(connections).containsOnly(connections.getFirst());
        }
        assertThat(List.of(http.getFirst(), https.getFirst(), www.getFirst())).doesNotHaveDuplicates();
        // Nobody knows how many names a pattern covers: what it covers is not kept.
        assertThat(connections("https://any.shop.test:" + this.https + "/", 3)).doesNotHaveDuplicates();
    }

    @Test
    void shouldFailNoRequestWhenTheTargetClosesAConnectionThatWasKept() throws Exception {
        source.write("/etc/nginx/snippets/listen.conf", "listen 127.0.0.1:" + http + ";");
        try (ImpatientTarget impatient = new ImpatientTarget(target.address, http)) {
            forwardFromOneWorker();
            impatient.answered().clear();
            for (String method : List.of("GET", "POST", "GET", "PUT", "GET", "HEAD", "PATCH")) {
                assertThat(raw(
                                method + " / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n"
                                        + "Connection: close\r\n\r\n",
                                ""))
                        .as(method)
                        .startsWith("HTTP/1.1 200");
                assertThat(raw(method + " / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n", ""))
                        .as(method)
                        .startsWith("HTTP/1.1 200");
                assertThat(raw(
                                method + " / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\n"
                                        + "Connection: close\r\n\r\n",
                                "12345"))
                        .as(method)
                        .startsWith("HTTP/1.1 200");
            }
            assertThat(impatient.hungUp()).isPositive();
            assertThat(impatient.answered())
                    .filteredOn(method -> !method.equals("GET") && !method.equals("HEAD"))
                    .hasSize(9);
            assertThat(impatient.answered()).hasSize(21);
        }
    }

    @Test
    void shouldForwardLargeBodiesAndRequestsWithoutHost() throws Exception {
        startTarget();
        forwardThroughThePage();
        assertThat(raw(
                        "POST /up HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 900000\r\nConnection: close\r\n\r\n",
                        "x".repeat(900_000)))
                .startsWith("HTTP/1.1 200")
                .contains("bytes 900000", "host shop.test|");
        assertThat(raw("GET /old HTTP/1.0\r\n\r\n", "")).contains("|host shop.test|");
    }

    @Test
    void shouldForwardUpgradedConnections() throws Exception {
        try (ServerSocket echo = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served =
                    CompletableFuture.runAsync(() -> echoUpgraded(echo), Thread::startVirtualThread);
            startTarget();
            forwardThroughThePage();
            target.write(
                    RealNginx.FILE,
                    site.replace(
                            "127.0.0.1:" + application.getAddress().getPort(), "127.0.0.1:" + echo.getLocalPort()));
            reload(target);
            try (Socket socket = new Socket(source.address, http)) {
                socket.setSoTimeout(5000);
                OutputStream out = socket.getOutputStream();
                out.write("GET /ws HTTP/1.1\r\nHost: shop.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
                        .getBytes(UTF_8));
                assertThat(until(socket.getInputStream(), "\r\n\r\n")).startsWith("HTTP/1.1 101");
                out.write("ping\n".getBytes(UTF_8));
                assertThat(until(socket.getInputStream(), "\n")).isEqualTo("ping\n");
            }
            served.get(5, TimeUnit.SECONDS);
        }
    }

    private static void reload(RealNginx nginx) throws Exception {
        Set<Long> before = nginx.workers();
        nginx.reload();
        before.stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(worker ->
                        worker.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }

    private static void echoUpgraded(ServerSocket echo) {
        try (Socket socket = echo.accept()) {
            InputStream in = socket.getInputStream();
            String request = until(in, "\r\n\r\n");
            assertThat(request.toLowerCase(Locale.ROOT)).contains("upgrade: websocket", "connection: upgrade");
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
                    .getBytes(UTF_8));
            out.write(until(in, "\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String until(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private String raw(String head, String body) throws IOException {
        try (Socket socket = new Socket(source.address, http)) {
            socket.setSoTimeout(2000);
            OutputStream out = socket.getOutputStream();
            out.write((head + body).getBytes(UTF_8));
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Test
    void shouldSendNobodyToATargetThatDoesNotAnswerTheProbe() throws Exception {
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        String page = source.read(RealNginx.FILE);
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        CompletableFuture<Void> over = new CompletableFuture<>();
        CompletableFuture<Void> visitor =
                CompletableFuture.runAsync(() -> visitUntil(over, seen), Thread::startVirtualThread);
        try {
            assertFails(
                    FailureType.PROXY_NOT_PROVED,
                    "is not reached, or has no application behind it",
                    () -> forward(before));
            assertFails(FailureType.PROXY_NOT_PROVED, "nobody was sent to the target", () -> forward(before));
        } finally {
            over.complete(null);
            visitor.get(30, TimeUnit.SECONDS);
        }
        assertThat(seen).containsExactly(503);
        assertThat(source.read(RealNginx.FILE)).isEqualTo(page);
        assertThat(stopForwarding(before).targetServed()).isFalse();
        startTarget();
        assertThat(forward(before).summary()).contains("are answered by 127.0.0.2");
        assertThat(ask("/").body()).contains("side 127.0.0.2");
    }

    private void visitUntil(CompletableFuture<Void> over, Set<Integer> seen) {
        try {
            do {
                seen.add(ask("/").status());
            } while (!over.isDone());
        } catch (NoAnswer e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldShowThePageToWhoeverGuessesAtTheProbe() throws Exception {
        startTarget();
        servePage();
        for (String guess : List.of("", "x", ask("/").header("X-Godwit").orElseThrow())) {
            Answer answer = client.get(
                    source.address,
                    URI.create("https://" + NAME + ":" + https + "/.well-known/godwit"),
                    new Answer.Header("X-Godwit-Probe", guess));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).contains("60");
            assertThat(answer.header("X-Godwit-Upstream")).isEmpty();
            assertThat(answer.body()).contains("Back in a moment");
        }
    }

    /** As with a data folder from before: it believes that the cutover is still to come. */
    @Test
    void shouldBeginNoCutoverOnceVisitorsAreSentToTheTarget() throws Exception {
        startTarget();
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        forward(before);
        assertFails(FailureType.SPEC_MISMATCH, "what they wrote is nowhere else", () -> look(new ServePage(proxy())));
        assertFails(FailureType.SPEC_MISMATCH, "what they wrote is nowhere else", () -> servePage(proxy(), before));
        assertThat(ask("/").body()).contains("side 127.0.0.2");
    }

    /** As after hours in which Godwit was dead, and its operator followed the runbook. */
    @Test
    void shouldForwardNobodyFromASourceThatSomebodyHasPutBack() throws Exception {
        startTarget();
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        source.write(RealNginx.FILE, site);
        reload(source);
        assertFails(FailureType.SPEC_MISMATCH, "somebody has put it back", () -> forward(before));
        assertThat(source.read(RealNginx.FILE)).isEqualTo(site);
        assertThat(ask("/").body()).contains("side 127.0.0.1");
        assertThat(stopForwarding(before).targetServed()).isFalse();
    }

    @Test
    void shouldServeThePageAgainWhenAnAttemptLeftItsForwardingBehind() throws Exception {
        BeforeImage before = look(new ForwardRequests(proxy()));
        startTarget();
        servePage(proxy(), before);
        forward(before);
        target.close();
        assertFails(FailureType.PROXY_NOT_PROVED, "the page is still up", () -> forward(before));
        assertThat(ask("/").status()).isEqualTo(503);
    }

    @Test
    void shouldServeThePageAgainWhenForwardingCannotBeProved() throws Exception {
        source.write("/etc/nginx/snippets/listen.conf", "listen 127.0.0.1:" + http + ";");
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        String page = source.read(RealNginx.FILE);
        failsOnceForwarded(() -> {}, "the page is up again", before);
        // Nothing leaks through to the target between this attempt and the next.
        assertThat(ask(source, "http://shop.test:" + http + "/").status()).isEqualTo(503);
        assertThat(source.read(RealNginx.FILE)).isEqualTo(page);
        // Between probe and proof somebody may have been answered there.
        assertThat(stopForwarding(before).targetServed()).isTrue();
    }

    @Test
    void shouldSayThatThePageCouldNotBeServedAgain() throws Exception {
        source.write("/etc/nginx/snippets/listen.conf", "listen 127.0.0.1:" + http + ";");
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        failsOnceForwarded(
                () -> write("/etc/nginx/sites-enabled/broken", "nonsense;\n"),
                "so requests may still be forwarded: Expected nginx on old to accept",
                before);
        assertThat(ask(source, "http://shop.test:" + http + "/").header("X-Godwit-Upstream"))
                .isPresent();
    }

    /** nginx never loaded what would have sent anybody there: no copy has to be kept for them. */
    @Test
    void shouldKnowThatNobodyWasSentAnywhereWhenNginxRefusesTheForwarding() throws Exception {
        target.enableSite(site);
        target.start();
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        source.write("/etc/nginx/sites-enabled/broken", "nonsense;\n");
        assertFails(FailureType.PROXY_CONFIG_INVALID, "nonsense", () -> forward(before));
        Files.delete(source.path("/etc/nginx/sites-enabled/broken"));
        assertThat(stopForwarding(before).targetServed()).isFalse();
        forward(before);
        assertThat(stopForwarding(before).targetServed()).isTrue();
    }

    private void write(String inside, String text) {
        try {
            source.write(inside, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A target that answers the probe and hangs up on everybody else. */
    private void failsOnceForwarded(Runnable then, String words, BeforeImage before) throws Exception {
        try (ServerSocket answering = new ServerSocket(http, 50, InetAddress.getByName(target.address))) {
            Thread.startVirtualThread(() -> answerUntilForwarded(answering, then));
            assertFails(FailureType.PROXY_NOT_PROVED, words, () -> forward(before));
        }
    }

    private void answerUntilForwarded(ServerSocket answering, Runnable then) {
        try {
            while (true) {
                try (Socket asked = answering.accept()) {
                    until(asked.getInputStream(), "\r\n\r\n");
                    if (source.read(RealNginx.FILE).contains("serves=page")) {
                        asked.getOutputStream()
                                .write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
                    } else {
                        then.run();
                    }
                }
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    @Test
    void shouldServeThePageAgain() throws Exception {
        startTarget();
        BeforeImage before = look(new ForwardRequests(proxy()));
        assertThat(stopForwarding(before)).isEqualTo(Outcome.of("requests were not forwarded; nothing to do"));
        servePage(proxy(), before);
        forward(before);
        assertThat(stopForwarding(before).targetServed()).isTrue();
        assertThat(ask("/").status()).isEqualTo(503);
        Outcome again = stopForwarding(before);
        assertThat(again.summary()).contains("already");
        assertThat(again.targetServed()).isTrue();
        restore(new ServePage(proxy()), before);
        assertThat(ask("/").body()).contains("side 127.0.0.1");
    }

    @Test
    void shouldProveTheForwardingOfASiteThatLetsNobodyIn() throws Exception {
        startTarget();
        for (String rules : List.of(
                "auth_basic shop; auth_basic_user_file shop.passwords;",
                "deny all;",
                "limit_conn connections 1; limit_req zone=requests;")) {
            source.write("/etc/nginx/shop.passwords", "nobody:x\n");
            source.write("/etc/nginx/sites-enabled/zones", """
                    limit_conn_zone $server_name zone=connections:64k;
                    limit_req_zone $server_name zone=requests:64k rate=1r/m;
                    """);
            source.write(RealNginx.FILE, site.replace("server_name shop.test;", "server_name shop.test; " + rules));
            reload(source);
            BeforeImage before = look(new ForwardRequests(proxy()));
            servePage(proxy(), before);
            assertThat(forward(before).summary()).contains("are answered by 127.0.0.2");
            assertThat(List.of(ask("/").status(), ask("/").status())).containsAnyOf(401, 403, 503);
            restore(new ServePage(proxy()), before);
            // As if each were a migration of its own.
            Files.delete(source.path(StateFolder.forwarded(migration.id())));
        }
    }

    @Test
    void shouldLetInWhomALocationLetsIn() throws Exception {
        startTarget();
        source.write("/etc/nginx/shop.passwords", "nobody:x\n");
        source.write(
                RealNginx.FILE,
                site.replace(
                        "server_name shop.test;",
                        "server_name shop.test; auth_basic shop; auth_basic_user_file shop.passwords;"
                                + " location /health { auth_basic off; return 200; }"));
        reload(source);
        assertThat(codes(inspect(proxy()), Finding.Severity.WARNING)).containsExactly("nginx-access");
        BeforeImage before = look(new ForwardRequests(proxy()));
        servePage(proxy(), before);
        forward(before);
        assertThat(ask("/health").status()).isEqualTo(200);
        assertThat(ask("/health").header("X-Godwit-Upstream")).isPresent();
    }

    // ---- requests under way ----

    @Test
    void shouldLetRequestsThatAreUnderWayFinish() throws Exception {
        startTarget();
        CompletableFuture<Answer> underWay = askSlowly();
        BeforeImage before = look(new ServePage(proxy()));
        servePage(proxy(), before);
        CompletableFuture<Outcome> drained =
                CompletableFuture.supplyAsync(() -> drain(Duration.ofSeconds(20)), Thread::startVirtualThread);
        assertThat(drained).isNotDone();
        slow.countDown();
        assertThat(underWay.get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(drained.get(5, TimeUnit.SECONDS).summary()).startsWith("drained");
        forward(before);
        assertThat(ask("/").body()).contains("side 127.0.0.2");
        assertThat(drain(Duration.ofSeconds(5)).summary()).startsWith("drained");
    }

    @Test
    void shouldEndWhatDoesNotFinish() throws Exception {
        CompletableFuture<Answer> underWay = askSlowly();
        servePage();
        assertThat(drain(Duration.ofSeconds(1)).summary())
                .contains("1 old worker of nginx with", "open sockets", "was ended");
        assertThat(underWay).failsWithin(Duration.ofSeconds(5));
        assertThat(source.workers()).hasSize(3);
        assertThat(drain(Duration.ofSeconds(1)).summary()).startsWith("drained");
    }

    private Outcome drain(Duration atMost) {
        return routing.drainRequests(
                new Act<>(migration, "drain", new DrainRequests(proxy(null, atMost)), BeforeImage.NOTHING));
    }

    private CompletableFuture<Answer> askSlowly() throws InterruptedException {
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return ask("/slow");
                    } catch (NoAnswer e) {
                        throw new IllegalStateException(e);
                    }
                },
                Thread::startVirtualThread);
        assertThat(slowAsked.await(5, TimeUnit.SECONDS)).isTrue();
        return answer;
    }

    // ---- the site on the target ----

    private BeforeImage lookAtTarget() {
        return look(new InstallSite(proxy()));
    }

    private Outcome install(BeforeImage before) {
        return routing.installSite(new Act<>(migration, "install-site", new InstallSite(proxy()), before));
    }

    @Test
    void shouldInstallTheSiteAndRemoveIt() throws Exception {
        target.start();
        List<String> files = target.files();
        BeforeImage before = lookAtTarget();
        assertThat(install(before).summary())
                .contains(
                        "installed",
                        "reaches its port " + Math.min(http, https) + " and port " + Math.max(http, https));
        assertThat(target.read(RealNginx.FILE)).isEqualTo(site);
        assertThat(Files.readSymbolicLink(target.path(RealNginx.SITE)))
                .hasToString("../sites-available/" + RealNginx.NAME);
        assertThat(ask(target, "https://shop.test:" + https + "/").body()).contains("side 127.0.0.2");
        assertThat(install(before).summary()).contains("the same");
        restore(new InstallSite(proxy()), before);
        assertThat(target.files()).isEqualTo(files);
        restore(new InstallSite(proxy()), before);
        assertThatThrownBy(() -> ask(target, "https://shop.test:" + https + "/"))
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void shouldLoadWhatAnAttemptInstalledBeforeItWasCutOff() throws Exception {
        target.start();
        BeforeImage before = lookAtTarget();
        target.enableSite(site);
        target.write(
                "/var/lib/godwit/" + migration.id() + "/site-made",
                target.path(RealNginx.FILE) + "\n" + target.path(RealNginx.SITE) + "\n");
        assertThatThrownBy(() -> ask(target, "https://shop.test:" + https + "/"))
                .isInstanceOf(NoAnswer.class);
        install(before);
        assertThat(ask(target, "https://shop.test:" + https + "/").body()).contains("side 127.0.0.2");
        Files.delete(target.path(RealNginx.SITE));
        Files.delete(target.path(RealNginx.FILE));
        restore(new InstallSite(proxy()), before);
        assertThatThrownBy(() -> ask(target, "https://shop.test:" + https + "/"))
                .isInstanceOf(NoAnswer.class);
    }

    @Test
    void shouldRemoveWhatAnAttemptKeptBesideTheSite() throws Exception {
        BeforeImage before = look(new ServePage(proxy()));
        servePage(proxy(), before);
        String page = source.read(RealNginx.FILE);
        restore(new ServePage(proxy()), before);
        Path kept = source.path("/etc/nginx/sites-available/." + RealNginx.NAME + ".godwit-kept");
        Files.createLink(kept, source.path(RealNginx.FILE));
        Files.writeString(source.path("/etc/nginx/page"), page);
        Files.move(source.path("/etc/nginx/page"), source.path(RealNginx.FILE), StandardCopyOption.REPLACE_EXISTING);
        servePage(proxy(), before);
        assertThat(ask("/").status()).isEqualTo(503);
        assertThat(kept).doesNotExist();
    }

    @Test
    void shouldLeaveTheTargetsOwnSite() throws Exception {
        target.enableSite(site + "# the target's own\n");
        target.start();
        BeforeImage before = lookAtTarget();
        assertThat(install(before).summary()).contains("of its own, which stays");
        restore(new InstallSite(proxy()), before);
        assertThat(target.read(RealNginx.FILE)).endsWith("# the target's own\n");
        assertThat(target.path(RealNginx.SITE)).exists();
    }

    @Test
    void shouldNotOverwriteASiteThatIsNotEnabled() throws Exception {
        target.write(RealNginx.FILE, "# a draft\n");
        target.start();
        assertFails(FailureType.SPEC_MISMATCH, "not enabled", () -> install(lookAtTarget()));
        assertThat(target.read(RealNginx.FILE)).isEqualTo("# a draft\n");
    }

    /** What somebody made after the look is not the undo's to remove. */
    @Test
    void shouldLeaveWhatSomebodyMadeInTheMeantime() throws Exception {
        target.write(RealNginx.FILE, site + "# the target's own\n");
        target.start();
        BeforeImage before = lookAtTarget();
        assertFails(FailureType.SPEC_MISMATCH, "enable it yourself", () -> install(before));
        Files.createSymbolicLink(target.path(RealNginx.SITE), Path.of("../sites-available/" + RealNginx.NAME));
        reload(target);
        assertThat(install(before).summary()).contains("of its own, which stays");
        assertThat(restore(new InstallSite(proxy()), before).summary()).contains("it stays");
        assertThat(target.path(RealNginx.SITE)).exists();
    }

    @Test
    void shouldLeaveWhatSomebodyMadeWhereNginxRefusedTheSite() throws Exception {
        Files.delete(target.path("/etc/nginx/shop.test.crt"));
        target.start();
        BeforeImage before = lookAtTarget();
        assertFails(FailureType.PROXY_CONFIG_INVALID, "cannot load certificate", () -> install(before));
        target.enableSite("# the target's own\n");
        restore(new InstallSite(proxy()), before);
        assertThat(target.read(RealNginx.FILE)).isEqualTo("# the target's own\n");
        assertThat(target.path(RealNginx.SITE)).exists();
    }

    @Test
    void shouldLeaveNothingWhenTheTargetLacksTheCertificate() throws Exception {
        Files.delete(target.path("/etc/nginx/shop.test.crt"));
        target.start();
        List<String> files = target.files();
        assertFails(FailureType.PROXY_CONFIG_INVALID, "cannot load certificate", () -> install(lookAtTarget()));
        assertThat(target.files()).isEqualTo(files);
        assertThat(Files.exists(target.path(RealNginx.SITE), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }

    // ---- the preflight ----

    private Inspection<ProxyFacts> inspect(NginxProxy proxy) {
        return routing.inspectProxy(new InspectProxy(source.spec(), target.spec(), proxy));
    }

    private static List<String> codes(Inspection<ProxyFacts> inspection, Finding.Severity severity) {
        return inspection.findings().stream()
                .filter(finding -> finding.severity() == severity)
                .map(Finding::code)
                .toList();
    }

    @Test
    void shouldFindNothingWrong() throws Exception {
        target.start();
        List<String> files = source.files();
        Inspection<ProxyFacts> inspection = inspect(proxy());
        assertThat(codes(inspection, Finding.Severity.BLOCKER)).isEmpty();
        assertThat(codes(inspection, Finding.Severity.WARNING)).isEmpty();
        assertThat(inspection.findings())
                .anyMatch(finding -> finding.message().contains("nginx/"))
                .anyMatch(finding -> finding.message().contains("nothing listens there yet"));
        assertThat(inspection.facts())
                .isNotNull()
                .satisfies(proxy -> assertThat(proxy.siteOnTarget()).isFalse());
        assertThat(source.files()).isEqualTo(files);
    }

    @Test
    void shouldReportWhatIsMissing() throws Exception {
        source.write("/etc/nginx/sites-enabled/broken", "nonsense;\n");
        NginxProxy proxy = new NginxProxy(
                RealNginx.SITE, List.of(NAME, "api.test"), Outage.PAGE, "/no/such/page.html", Duration.ofSeconds(1));
        Inspection<ProxyFacts> inspection = inspect(proxy);
        assertThat(codes(inspection, Finding.Severity.BLOCKER))
                .contains("nginx-config-invalid", "nginx-names", "nginx-stopped");
        Files.delete(source.path("/etc/nginx/sites-enabled/broken"));
        assertThat(codes(inspect(proxy), Finding.Severity.BLOCKER))
                .contains("nginx-page")
                .doesNotContain("nginx-config-invalid");
        assertThat(codes(
                        inspect(new NginxProxy(
                                "/etc/nginx/none", List.of(NAME), Outage.PAGE, null, Duration.ofSeconds(1))),
                        Finding.Severity.BLOCKER))
                .contains("nginx-site-missing");
    }

    @Test
    void shouldWarnOfNamesThatTheTargetServesElsewhere() throws Exception {
        target.write(
                "/etc/nginx/sites-enabled/another",
                "server { listen 127.0.0.2:" + http + "; server_name Shop.test; }\n");
        target.start();
        assertThat(codes(inspect(proxy()), Finding.Severity.WARNING)).containsExactly("nginx-target-names");
    }

    @Test
    void shouldNotGoBackToAServerThatStillForwards() throws Exception {
        target.enableSite(NginxSite.of(Site.read(site.getBytes(UTF_8), patterns -> Map.of()), proxy())
                .forward(new DerivedSite.Purpose("m-1", "0".repeat(64), "::1"))
                .text());
        target.start();
        Inspection<ProxyFacts> inspection = inspect(proxy());
        assertThat(codes(inspection, Finding.Severity.BLOCKER)).containsExactly("nginx-target-forwards");
        assertThat(inspection.findings())
                .anyMatch(finding -> finding.hint().contains("/var/lib/godwit/archive/m-1/proxy/" + "0".repeat(64)));
    }

    @Test
    void shouldWarnOfWhatForwardingChanges() throws Exception {
        source.write(RealNginx.FILE, """
                server {
                    listen 127.0.0.1:%d;
                    server_name shop.test www.shop.test;
                    location / { allow 10.0.0.0/8; deny all; }
                }
                server { listen 127.0.0.1:%d proxy_protocol; server_name shop.test; }
                """.formatted(http, https));
        target.start();
        Inspection<ProxyFacts> inspection = inspect(proxy());
        assertThat(codes(inspection, Finding.Severity.WARNING)).containsExactly("nginx-more-names", "nginx-by-address");
        assertThat(codes(inspection, Finding.Severity.BLOCKER)).containsExactly("nginx-proxy-protocol");
    }
}
