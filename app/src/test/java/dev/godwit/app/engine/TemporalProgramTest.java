package dev.godwit.app.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemporalProgramTest {
    private static final byte[] ARCHIVE = "an archive".getBytes(StandardCharsets.US_ASCII);
    private static final String ARCHIVE_SHA256 = "9e691d5adacf0e102f203100842ffaba4e2a7dfe3dbd536827d3c0db8c7e88f1";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)", "temporal version 9 (Server 2.0.0)"})
    void shouldUseTheConfiguredProgram(String version) throws IOException {
        Path program = program(version, 0);
        assertThat(new TemporalProgram(RealEngine.configuration(program)).locate())
                .contains(program);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "temporal version 1.4.0 (Server 1.28.9, UI 2) | 0 | too old",
                "tctl 1.18                                   | 0 | does not say which server",
                "cannot run                                  | 3 | status 3"
            })
    void shouldRefuseAConfiguredProgramThatDoesNotFit(String answer, int status, String reason) throws IOException {
        Path program = program(answer, status);
        assertThatThrownBy(() -> new TemporalProgram(RealEngine.configuration(program)).locate())
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("godwit.engine.binary")
                .hasMessageContaining(reason);
    }

    @Test
    void shouldAcceptADownloadWithThePinnedSum() throws IOException {
        Path file = folder.resolve("file");
        withServer(url ->
                TemporalProgram.fetch(new TemporalRelease.Archive(url, ARCHIVE_SHA256), file, Duration.ofMinutes(1)));
        assertThat(file).hasBinaryContent(ARCHIVE);
    }

    @Test
    void shouldRefuseADownloadWithAnotherSum() throws IOException {
        TemporalRelease.Archive pinned =
                TemporalRelease.archive("Linux", "amd64").orElseThrow();
        withServer(url -> assertThatThrownBy(() -> TemporalProgram.fetch(
                        new TemporalRelease.Archive(url, pinned.sha256()),
                        folder.resolve("file"),
                        Duration.ofMinutes(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it is not used"));
    }

    @Test
    @Timeout(60)
    void shouldGiveUpADownloadThatStalls() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        HttpHandler half = exchange -> {
            exchange.sendResponseHeaders(200, ARCHIVE.length);
            exchange.getResponseBody().write(ARCHIVE, 0, ARCHIVE.length / 2);
            exchange.getResponseBody().flush();
            awaitQuietly(enough);
            exchange.close();
        };
        withServer(half, url -> {
            TemporalRelease.Archive archive = new TemporalRelease.Archive(url, ARCHIVE_SHA256);
            assertThatThrownBy(() -> TemporalProgram.fetch(archive, folder.resolve("file"), Duration.ofSeconds(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("within 1 s");
            enough.countDown();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux_amd64",
        "Linux, aarch64, linux_arm64",
        "Mac OS X, x86_64, darwin_amd64",
        "Mac OS X, aarch64, darwin_arm64"
    })
    void shouldPinAnArchiveForEachMachine(String system, String processor, String machine) {
        TemporalRelease.Archive archive =
                TemporalRelease.archive(system, processor).orElseThrow();
        assertThat(archive.url()).startsWith("https://").contains("/v1.5.1/").endsWith("_1.5.1_" + machine + ".tar.gz");
        assertThat(archive.sha256()).matches("[0-9a-f]{64}");
    }

    @Test
    void shouldHaveNoArchiveForOtherMachines() {
        assertThat(TemporalRelease.archive("Linux", "riscv64")).isEmpty();
    }

    private interface Use {
        void with(String url) throws IOException;
    }

    private static void withServer(Use use) throws IOException {
        withServer(
                exchange -> {
                    exchange.sendResponseHeaders(200, ARCHIVE.length);
                    exchange.getResponseBody().write(ARCHIVE);
                    exchange.close();
                },
                use);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void withServer(HttpHandler handler, Use use) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", handler);
        server.start();
        try {
            use.with("http://127.0.0.1:" + server.getAddress().getPort() + "/archive");
        } finally {
            server.stop(0);
        }
    }

    private Path program(String answer, int status) throws IOException {
        Path program = Files.createFile(
                folder.resolve("temporal"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(program, "#!/bin/sh\necho '" + answer + "'\nexit " + status + "\n");
    }
}
