package dev.godwit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.godwit.workflows.json.GodwitJson;
import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a client may do with its connection beside sending a request in one go: hang up, dawdle, listen for long. */
@MicronautTest
@Property(name = TestBeans.ENGINE, value = TestBeans.IN_MEMORY)
@Property(name = "godwit.api.receiving.headers", value = "1s")
@Property(name = "godwit.api.receiving.body", value = "2s")
@Property(name = "godwit.api.timeouts.keep-alive", value = "200ms")
@Timeout(90)
class ConnectionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LONGER_THAN_THE_LIMITS = Duration.ofSeconds(3);
    private static final int BETWEEN_BYTES_IN_MS = 100;
    private static final String HEADERS = "POST /api/v1/migrations HTTP/1.1\r\nHost: godwit\r\nAuthorization: Bearer "
            + TestBeans.ALICE + "\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @Inject
    EmbeddedServer server;

    @BeforeEach
    void readTheLog() {
        log.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(log);
    }

    @AfterEach
    void leaveTheLog() {
        logger().detachAppender(log);
        logger().setLevel(Level.WARN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayInOneLineThatAClientHungUp(boolean reset) throws IOException {
        try (Socket client = connect()) {
            send(client, HEADERS + "Expect: 100-continue\r\n\r\n");
            assertThat(first(client)).startsWith("HTTP/1.1 100");
            send(client, "{\"spec\":");
            client.setSoLinger(reset, 0);
        }

        List<ILoggingEvent> lines = Waits.until(this::linesAboutRequests, found -> !found.isEmpty());
        assertThat(lines).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            assertThat(line.getThrowableProxy()).isNull();
            assertThat(line.getFormattedMessage()).contains("POST /api/v1/migrations");
        });
    }

    @Test
    void shouldEndARequestWhoseHeadersDawdle() throws IOException {
        try (Socket client = connect()) {
            send(client, "GET /api/v1/migrations HTTP/1.1\r\nX-Long: ");

            assertTimedOut(dawdle(client), "headers");
        }
    }

    @Test
    void shouldEndARequestWhoseBodyDawdles() throws IOException {
        try (Socket client = connect()) {
            send(client, HEADERS + "\r\n");

            assertTimedOut(dawdle(client), "body");
        }
    }

    @Test
    void shouldEndARequestWhoseBodyDawdlesAfterItsRefusal() throws IOException {
        try (Socket client = connect()) {
            send(client, HEADERS.replace(TestBeans.ALICE, "nobody") + "\r\n");

            assertThat(dawdle(client)).startsWith("HTTP/1.1 401").doesNotContain(" 408 ");
        }
    }

    @Test
    void shouldKeepAConnectionBetweenRequests() throws IOException {
        try (Socket client = connect()) {
            send(client, "GET /openapi.yaml HTTP/1.1\r\nHost: godwit\r\n\r\n");
            assertThat(during(LONGER_THAN_THE_LIMITS, client)).startsWith("HTTP/1.1 200");
            send(client, "GET /api/v1/nothing HTTP/1.1\r\nHost: godwit\r\n\r\n");

            assertThat(during(LONGER_THAN_THE_LIMITS, client)).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void shouldKeepAStreamOfEvents() throws IOException {
        String address = new Http(server)
                .post("/api/v1/migrations", Specs.json("plain.connections.example.org"), Map.of())
                .header("Location")
                .orElseThrow();
        try (Socket client = connect()) {
            send(
                    client,
                    "GET " + address + "/events HTTP/1.1\r\nHost: godwit\r\nAuthorization: Bearer " + TestBeans.ALICE
                            + "\r\n\r\n");
            assertThat(during(LONGER_THAN_THE_LIMITS, client)).startsWith("HTTP/1.1 200");

            assertThat(during(Duration.ofSeconds(1), client)).contains(": alive");
        }
    }

    private static void assertTimedOut(String answer, String part) {
        assertThat(answer).startsWith("HTTP/1.1 408").containsIgnoringCase("connection: close");
        String body = answer.substring(answer.indexOf("\r\n\r\n"));
        assertThat(GodwitJson.read(body).get("type").asText()).isEqualTo("urn:godwit:problem:request-timed-out");
        assertThat(GodwitJson.read(body).get("detail").asText()).contains("Expected", part);
    }

    /** Sends a byte now and then until the server ends it; gives what the server said. */
    private static String dawdle(Socket client) throws IOException {
        StringBuilder answer = new StringBuilder();
        client.setSoTimeout(BETWEEN_BYTES_IN_MS);
        Instant end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            try {
                client.getOutputStream().write('a');
                int next = client.getInputStream().read();
                if (next < 0) {
                    return answer.toString();
                }
                answer.append((char) next).append(available(client));
            } catch (SocketTimeoutException e) {
                // Nothing said yet.
            } catch (IOException e) {
                return answer.toString();
            }
        }
        throw new AssertionError(
                "Expected the server to end the connection, but it takes bytes for ever; it said: " + answer);
    }

    /** What the server says first. */
    private static String first(Socket client) throws IOException {
        client.setSoTimeout((int) PATIENCE.toMillis());
        return (char) client.getInputStream().read() + available(client);
    }

    /** What the server says within some time; fails if it ends the connection. */
    private static String during(Duration time, Socket client) throws IOException {
        StringBuilder text = new StringBuilder();
        Instant end = Instant.now().plus(time);
        while (Instant.now().isBefore(end)) {
            client.setSoTimeout(
                    Math.max(1, (int) Duration.between(Instant.now(), end).toMillis()));
            try {
                int next = client.getInputStream().read();
                assertThat(next).as("a connection that stays, after: %s", text).isNotNegative();
                text.append((char) next).append(available(client));
            } catch (SocketTimeoutException e) {
                return text.toString();
            }
        }
        return text.toString();
    }

    private static String available(Socket client) throws IOException {
        return new String(
                client.getInputStream().readNBytes(client.getInputStream().available()), StandardCharsets.ISO_8859_1);
    }

    private Socket connect() throws IOException {
        return new Socket(server.getHost(), server.getPort());
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private List<ILoggingEvent> linesAboutRequests() {
        return List.copyOf(log.list).stream()
                .filter(line -> line.getLoggerName().startsWith("dev.godwit") || line.getLevel() == Level.ERROR)
                .toList();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
