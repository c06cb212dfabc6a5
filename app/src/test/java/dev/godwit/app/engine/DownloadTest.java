package dev.godwit.app.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadTest {
    private static final byte[] CONTENT = "an archive".getBytes(StandardCharsets.US_ASCII);
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void shouldFetchAFile() throws IOException {
        Path file = folder.resolve("file");
        try (OneFileServer server = OneFileServer.of(CONTENT)) {
            Download.fetch(server.url(), file, LONG, LONG);
        }
        assertThat(file).hasBinaryContent(CONTENT);
    }

    @Test
    void shouldSayWhatWasAnsweredInstead() throws IOException {
        try (OneFileServer server = OneFileServer.answering(exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        })) {
            assertThatThrownBy(() -> Download.fetch(server.url(), folder.resolve("file"), LONG, LONG))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("found 404");
        }
    }

    @Test
    void shouldSayThatNobodyAnswers() {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.choose(0) + "/archive");
        assertThatThrownBy(() -> Download.fetch(nobody, folder.resolve("file"), LONG, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nobody.toString())
                .hasMessageContaining("ConnectException");
    }

    @Test
    void shouldGiveUpAnAnswerThatDoesNotBegin() throws IOException {
        try (OneFileServer server = OneFileServer.stallingAfter(0, CONTENT)) {
            assertThatThrownBy(() -> Download.fetch(server.url(), folder.resolve("file"), Duration.ofSeconds(1), LONG))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("within 1 s")
                    .hasMessageContaining("0 bytes");
        }
    }

    @Test
    void shouldGiveUpADownloadThatStalls() throws IOException {
        try (OneFileServer server = OneFileServer.stallingAfter(CONTENT.length / 2, CONTENT)) {
            assertThatThrownBy(() -> Download.fetch(server.url(), folder.resolve("file"), Duration.ofSeconds(1), LONG))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("within 1 s")
                    .hasMessageContaining(CONTENT.length / 2 + " bytes");
        }
    }

    @Test
    void shouldGiveUpADownloadThatTakesTooLong() throws IOException {
        try (OneFileServer server = OneFileServer.stallingAfter(CONTENT.length / 2, CONTENT)) {
            assertThatThrownBy(() -> Download.fetch(server.url(), folder.resolve("file"), LONG, Duration.ofSeconds(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Expected all of")
                    .hasMessageContaining("within 1 s");
        }
    }
}
