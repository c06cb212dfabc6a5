package dev.godwit.activities.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import dev.godwit.activities.ThisMachine;
import dev.godwit.activities.http.AddressedClient.NoAnswer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressedClientTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private static URI url(TestSite site, String scheme, String name) {
        return URI.create(scheme + "://" + name + ":" + site.port() + "/x?y=1");
    }

    private static void tell(HttpExchange exchange) throws IOException {
        String names = exchange instanceof HttpsExchange https
                ? ((ExtendedSSLSession) https.getSSLSession())
                        .getRequestedServerNames()
                        .toString()
                : "plain";
        TestSite.answer(
                        200,
                        String.join(
                                " ",
                                names,
                                exchange.getRequestHeaders().getFirst("Host"),
                                exchange.getRequestURI().toString(),
                                exchange.getRemoteAddress().getPort() + ""))
                .handle(exchange);
    }

    @Test
    void shouldAskOverConnectionsThatSomebodyElseOpens() throws Exception {
        assumeTrue(TestAuthority.possible(), "needs openssl");
        TestAuthority authority = new TestAuthority(folder);
        try (TestSite site = new TestSite("127.0.0.9", 0, authority.server("shop.invalid"), AddressedClientTest::tell);
                AddressedClient client = AddressedClient.verifying(authority.certificate(), TIMEOUT)) {
            List<String> asked = new ArrayList<>();
            try (AddressedClient through = client.through((address, port) -> {
                asked.add(address + " " + port);
                return new Socket("127.0.0.9", site.port());
            })) {
                assertThat(through.get("2001:db8::1", url(site, "https", "shop.invalid"))
                                .body())
                        .contains("type=host_name", "shop.invalid:" + site.port());
            }
            assertThat(asked).containsExactly("2001:db8:0:0:0:0:0:1 " + site.port());
        }
    }

    @Test
    void shouldAskTheAddressWithTheNameInHost() throws Exception {
        try (TestSite site = new TestSite("127.0.0.9", 0, null, AddressedClientTest::tell);
                AddressedClient client = AddressedClient.verifying(null, TIMEOUT)) {
            Answer answer = client.get("127.0.0.9", url(site, "http", "shop.invalid"));
            assertThat(answer.body()).startsWith("plain shop.invalid:" + site.port() + " /x?y=1");
        }
    }

    @Test
    void shouldUseTheNameForTls() throws Exception {
        assumeTrue(TestAuthority.possible(), "needs openssl");
        TestAuthority authority = new TestAuthority(folder);
        try (TestSite site = new TestSite("127.0.0.9", 0, authority.server("shop.invalid"), AddressedClientTest::tell);
                AddressedClient client = AddressedClient.verifying(authority.certificate(), TIMEOUT)) {
            assertThat(client.get("127.0.0.9", url(site, "https", "shop.invalid"))
                            .body())
                    .contains("shop.invalid", "type=host_name");
            assertThatThrownBy(() -> client.get("127.0.0.9", url(site, "https", "blog.invalid")))
                    .isInstanceOf(NoAnswer.class)
                    .hasMessageContaining("TLS failed")
                    .hasMessageContaining("blog.invalid");
        }
    }

    @Test
    void shouldRefuseACertificateOfNoKnownAuthority() throws Exception {
        assumeTrue(TestAuthority.possible(), "needs openssl");
        TestAuthority authority = new TestAuthority(folder);
        try (TestSite site = new TestSite("127.0.0.9", 0, authority.server("shop.invalid"), AddressedClientTest::tell);
                AddressedClient strict = AddressedClient.verifying(null, TIMEOUT);
                AddressedClient lenient = AddressedClient.accepting(TIMEOUT)) {
            assertThatThrownBy(() -> strict.get("127.0.0.9", url(site, "https", "shop.invalid")))
                    .isInstanceOf(NoAnswer.class)
                    .hasMessageContaining("TLS failed")
                    .hasMessageContaining("certification path");
            assertThat(lenient.get("127.0.0.9", url(site, "https", "other.invalid"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldOpenAConnectionForEachQuestion() throws Exception {
        try (TestSite site = new TestSite("127.0.0.9", 0, null, AddressedClientTest::tell);
                AddressedClient client = AddressedClient.verifying(null, TIMEOUT)) {
            String first =
                    client.get("127.0.0.9", url(site, "http", "shop.invalid")).body();
            assertThat(client.get("127.0.0.9", url(site, "http", "shop.invalid"))
                            .body())
                    .isNotEqualTo(first);
        }
    }

    @Test
    void shouldNotFollowRedirectsNorRepeat() throws Exception {
        try (TestSite site =
                        new TestSite("127.0.0.9", 0, null, TestSite.answer(301, "", "Location", "http://x.invalid/"));
                AddressedClient client = AddressedClient.verifying(null, TIMEOUT)) {
            Answer answer = client.get("127.0.0.9", url(site, "http", "shop.invalid"));
            assertThat(answer.status()).isEqualTo(301);
            assertThat(answer.header("location")).contains("http://x.invalid/");
            site.becomes(TestSite.answer(503, "", "Retry-After", "1"));
            assertThat(client.get("127.0.0.9", url(site, "http", "shop.invalid"))
                            .status())
                    .isEqualTo(503);
            assertThat(site.asked()).isEqualTo(2);
        }
    }

    @Test
    @Timeout(30)
    void shouldEndInTimeWhenAnAnswerTrickles() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (TestSite site = new TestSite("127.0.0.9", 0, null, exchange -> trickle(exchange, end));
                AddressedClient client = AddressedClient.verifying(null, Duration.ofMillis(600))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> client.get("127.0.0.9", url(site, "http", "shop.invalid")))
                    .isInstanceOf(NoAnswer.class)
                    .hasMessage("no answer within 600 ms");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        } finally {
            end.countDown();
        }
    }

    private static void trickle(HttpExchange exchange, CountDownLatch end) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (!end.await(100, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void shouldReadNoMoreThanItsLimit() throws Exception {
        try (TestSite site = new TestSite(
                        "127.0.0.9", 0, null, TestSite.answer(200, "x".repeat(AddressedClient.BODY_LIMIT + 100_000)));
                AddressedClient client = AddressedClient.verifying(null, TIMEOUT)) {
            assertThat(client.get("127.0.0.9", url(site, "http", "shop.invalid"))
                            .body())
                    .hasSize(AddressedClient.BODY_LIMIT);
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        int port = ThisMachine.freePort();
        try (AddressedClient client = AddressedClient.verifying(null, TIMEOUT)) {
            assertThatThrownBy(() -> client.get("127.0.0.9", URI.create("http://shop.invalid:" + port + "/")))
                    .isInstanceOf(NoAnswer.class)
                    .hasMessageContaining("no connection: Connection refused");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "shop.example.org", "", "1.2.3.4.example", "face"})
    void shouldNeverLookUpAName(String address) {
        assertThatThrownBy(() -> AddressedClient.literal(address)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTakeBothKindsOfAddress() {
        assertThat(AddressedClient.literal("192.0.2.1").getHostAddress()).isEqualTo("192.0.2.1");
        assertThat(AddressedClient.literal("2001:db8::1").getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:1");
    }

    @Test
    void shouldNameTheFileWhenTheAuthoritiesAreUnreadable() throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nnonsense\n");
        assertThatThrownBy(() -> AddressedClient.verifying(file, TIMEOUT)).hasMessageContaining(file.toString());
    }
}
