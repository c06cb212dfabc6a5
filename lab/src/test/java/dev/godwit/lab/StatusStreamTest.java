package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.godwit.api.migration.MigrationView;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusStreamTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Phase> seen = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // made before each test
    private HttpServer server;

    /** What one request is answered with; a stream that stays open waits for the end of the test. */
    private record Answer(int status, String body, boolean staysOpen) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    @Test
    void shouldReturnTheStatusThatFitsWhileTheStreamGoesOn() throws Exception {
        answers.add(new Answer(200, event(Phase.PREPARE, null) + ": alive\n\n" + event(Phase.CUTOVER, null), true));
        assertThat(follow(Phase.CUTOVER, LONG).phase()).isEqualTo(Phase.CUTOVER);
        assertThat(seen).containsExactly(Phase.PREPARE, Phase.CUTOVER);
    }

    @Test
    void shouldOpenAnotherStreamWhenOneEndsEarly() throws Exception {
        answers.add(new Answer(200, event(Phase.PREPARE, null), false));
        answers.add(new Answer(200, event(Phase.CUTOVER, null), false));
        assertThat(follow(Phase.CUTOVER, LONG).phase()).isEqualTo(Phase.CUTOVER);
    }

    @Test
    void shouldAskAgainWhileTheEngineIsAway() throws Exception {
        answers.add(new Answer(503, "{}", false));
        answers.add(new Answer(200, event(Phase.CUTOVER, null), false));
        assertThat(follow(Phase.CUTOVER, LONG).phase()).isEqualTo(Phase.CUTOVER);
    }

    @Test
    void shouldSayWhyWhenTheMigrationEndsOtherwise() {
        answers.add(new Answer(200, event(Phase.PREPARE, End.ROLLED_BACK), true));
        assertThatThrownBy(() -> follow(Phase.CUTOVER, LONG))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("ended ROLLED_BACK: a disk was full");
    }

    @Test
    void shouldSayWhyWhenSomebodyEndsTheWorkflow() {
        answers.add(new Answer(200, event(Phase.PREPARE, null, Instant.EPOCH, "ended from outside"), true));
        assertThatThrownBy(() -> follow(Phase.CUTOVER, Duration.ofSeconds(2)))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("it ended: ended from outside");
    }

    @Test
    void shouldNotWaitLongerThanAsked() {
        answers.add(new Answer(200, event(Phase.PREPARE, null), true));
        assertThatThrownBy(() -> follow(Phase.CUTOVER, Duration.ofMillis(300)))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("in phase PREPARE");
    }

    @Test
    void shouldFailWhenTheApiRefuses() {
        answers.add(new Answer(404, "{}", false));
        assertThatThrownBy(() -> follow(Phase.CUTOVER, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("status 404");
    }

    @Test
    void shouldFailWhenNobodyListens() {
        server.stop(0);
        assertThatThrownBy(() -> follow(Phase.CUTOVER, LONG)).isInstanceOf(IOException.class);
    }

    private MigrationView follow(Phase phase, Duration atMost) throws IOException, InterruptedException {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new GodwitApi(url, "token")
                .follow("shop-1", atMost, view -> seen.add(view.phase()), view -> view.phase() == phase);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Answer answer = answers.remove();
        exchange.sendResponseHeaders(answer.status(), 0);
        exchange.getResponseBody().write(answer.body().getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        if (answer.staysOpen()) {
            awaitEnd();
        }
        exchange.close();
    }

    private void awaitEnd() {
        try {
            assertThat(over.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String event(Phase phase, @Nullable End end) {
        return event(phase, end, end == null ? null : Instant.EPOCH, null);
    }

    private static String event(Phase phase, @Nullable End end, @Nullable Instant endedAt, @Nullable String note) {
        MigrationView view = new MigrationView(
                "shop-1",
                "shop.example.org",
                phase,
                Serving.SOURCE,
                null,
                null,
                List.of(),
                List.of(),
                null,
                false,
                false,
                null,
                null,
                end,
                end == null ? null : "a disk was full",
                Instant.EPOCH,
                endedAt,
                1,
                false,
                note);
        return "id: 1\nevent: status\ndata: " + GodwitJson.write(view) + "\n\n";
    }
}
