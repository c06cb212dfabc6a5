package dev.godwit.app.engine;

import dev.godwit.workflows.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporal's program on this machine: the one that is configured, else one on the PATH, else the one in the cache, which
 * is obtained once: downloaded as the official release with its pinned sum, else built by Go.
 */
final class TemporalProgram {
    private static final Logger LOG = LoggerFactory.getLogger(TemporalProgram.class);
    private static final String NAME = "temporal";
    private static final Pattern SERVER_VERSION = Pattern.compile("Server (\\d+)\\.(\\d+)\\.(\\d+)");
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DOWNLOAD_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(20);
    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(15);

    private final EngineConfiguration configuration;

    TemporalProgram(EngineConfiguration configuration) {
        this.configuration = configuration;
    }

    /**
     * Finds it, or obtains it.
     *
     * @return empty where it can be neither found nor obtained; the reasons are in the log
     * @throws UnavailableException if the configured program does not work
     */
    Optional<Path> locate() {
        Path configured = configuration.binary();
        if (configured != null) {
            String problem = problemWith(configured);
            if (problem != null) {
                throw new UnavailableException(
                        "Expected godwit.engine.binary to be a 'temporal' program with a" + " server from "
                                + TemporalRelease.OLDEST_SERVER + " on, but found " + configured + ": " + problem);
            }
            return Optional.of(configured);
        }
        return onPath().or(this::inCache).or(this::obtain);
    }

    private static Optional<Path> onPath() {
        return Programs.find(NAME).filter(program -> {
            String problem = problemWith(program);
            if (problem != null) {
                LOG.info("Not using {}: {}", program, problem);
            }
            return problem == null;
        });
    }

    private Optional<Path> inCache() {
        Path program = cached();
        if (!Files.isExecutable(program)) {
            return Optional.empty();
        }
        String problem = problemWith(program);
        if (problem != null) {
            LOG.warn("Not using {}: {}", program, problem);
            return Optional.empty();
        }
        return Optional.of(program);
    }

    private Path cached() {
        return configuration
                .cache()
                .resolve(NAME + "-" + TemporalRelease.VERSION)
                .resolve(NAME);
    }

    private Optional<Path> obtain() {
        if (!configuration.obtain()) {
            LOG.warn("Not obtaining the Temporal server: godwit.engine.obtain is off");
            return Optional.empty();
        }
        try {
            Files.createDirectories(configuration.cache());
            Path lockFile = configuration.cache().resolve(NAME + ".lock");
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = channel.lock()) {
                // Another Godwit may have obtained it while this one waited for the lock.
                return inCache().or(this::download).or(this::build);
            }
        } catch (IOException e) {
            LOG.warn("Could not obtain the Temporal server: {}", e.toString());
            return Optional.empty();
        }
    }

    private Optional<Path> download() {
        return TemporalRelease.forThisMachine().flatMap(archive -> {
            LOG.info("Downloading the Temporal server {} (once): {}", TemporalRelease.VERSION, archive.url());
            Path folder = newFolder();
            try {
                Path file = folder.resolve("archive.tar.gz");
                fetch(archive, file, DOWNLOAD_TIMEOUT);
                run(List.of("tar", "-xzf", file.toString(), "-C", folder.toString(), NAME), Map.of(), ASK_TIMEOUT);
                return Optional.of(install(folder.resolve(NAME)));
            } catch (IOException e) {
                LOG.info("No download: {}", e.toString());
                return Optional.empty();
            } finally {
                remove(folder);
            }
        });
    }

    /** @param timeout for all of it: the client's own ends with the headers, and a body may stall. */
    static void fetch(TemporalRelease.Archive archive, Path file, Duration timeout) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(archive.url()))
                .timeout(timeout)
                .build();
        MessageDigest digest = Sha256.begin();
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            try (InputStream body = new DigestInputStream(response.body(), digest)) {
                if (response.statusCode() != 200) {
                    throw new IOException(
                            "Expected 200 from " + archive.url() + ", but found " + response.statusCode());
                }
                copyWithin(
                        timeout,
                        body,
                        file,
                        response.headers().firstValueAsLong("Content-Length").orElse(0));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(archive.sha256())) {
            throw new IOException("Expected the SHA-256 " + archive.sha256() + " of " + archive.url() + ", but found "
                    + found + "; it is not used");
        }
    }

    private static void copyWithin(Duration timeout, InputStream body, Path file, long total) throws IOException {
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> end = CompletableFuture.runAsync(
                () -> {
                    late.set(true);
                    closeQuietly(body);
                },
                CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS));
        try {
            copy(body, file, total);
        } catch (IOException e) {
            if (!late.get()) {
                throw e;
            }
        } finally {
            end.cancel(false);
        }
        if (late.get()) {
            throw new IOException("Expected all of the download within " + timeout.toSeconds() + " s, but found "
                    + Files.size(file) + " bytes");
        }
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            LOG.debug("A late download did not close cleanly", e);
        }
    }

    private static void copy(InputStream body, Path file, long total) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long done = 0;
        Instant told = Instant.now();
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                out.write(buffer, 0, read);
                done += read;
                if (Duration.between(told, Instant.now()).compareTo(PROGRESS_EVERY) > 0) {
                    told = Instant.now();
                    LOG.info("Downloaded {} of {} MB", done >> 20, total >> 20);
                }
            }
        }
    }

    private Optional<Path> build() {
        Optional<Path> go = Programs.find("go")
                .or(() -> Optional.of(Path.of("/usr/local/go/bin/go")).filter(Files::isExecutable));
        if (go.isEmpty()) {
            LOG.warn("No build either: Go is not installed");
            return Optional.empty();
        }
        LOG.info(
                "Building the Temporal server {} with {} (once; two to five minutes on two cores)",
                TemporalRelease.VERSION,
                go.get());
        Path folder = newFolder();
        try {
            run(
                    List.of(go.get().toString(), "install", "-ldflags=-s -w", TemporalRelease.GO_PACKAGE),
                    Map.of("GOBIN", folder.toString(), "CGO_ENABLED", "0"),
                    BUILD_TIMEOUT);
            return Optional.of(install(folder.resolve(NAME)));
        } catch (IOException e) {
            LOG.warn("No build either: {}", e.getMessage());
            return Optional.empty();
        } finally {
            remove(folder);
        }
    }

    private Path newFolder() {
        try {
            return Files.createTempDirectory(configuration.cache(), NAME + ".new.")
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a program that works into its place, whole or not at all. */
    private Path install(Path program) throws IOException {
        String problem = problemWith(program);
        if (problem != null) {
            throw new IOException("Expected a working program, but found: " + problem);
        }
        Files.createDirectories(cached().getParent());
        Files.move(program, cached(), StandardCopyOption.ATOMIC_MOVE);
        LOG.info("The Temporal server is in {}", cached());
        return cached();
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("Left behind: {} ({})", folder, e.toString());
        }
    }

    /** Why a program cannot be used, or null if it can. */
    private static @Nullable String problemWith(Path program) {
        String answer;
        try {
            answer = run(List.of(program.toString(), "--version"), Map.of(), ASK_TIMEOUT);
        } catch (IOException e) {
            return e.getMessage();
        }
        Matcher version = SERVER_VERSION.matcher(answer);
        if (!version.find()) {
            return "it does not say which server it contains: " + answer.strip();
        }
        int[] found = {
            Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2)), Integer.parseInt(version.group(3))
        };
        int[] oldest = Stream.of(TemporalRelease.OLDEST_SERVER.split("\\."))
                .mapToInt(Integer::parseInt)
                .toArray();
        return Arrays.compare(found, oldest) < 0 ? "its server is " + version.group() + ", too old" : null;
    }

    private static String run(List<String> command, Map<String, String> environment, Duration timeout)
            throws IOException {
        Path output = Files.createTempFile("godwit", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            Instant started = Instant.now();
            while (!process.waitFor(PROGRESS_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                Duration spent = Duration.between(started, Instant.now());
                if (spent.compareTo(timeout) > 0) {
                    process.destroyForcibly();
                    throw new IOException(command.getFirst() + " did not end within " + timeout.toSeconds() + " s");
                }
                LOG.info("Still at it: {} s", spent.toSeconds());
            }
            String text = Files.readString(output, StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new IOException(command.getFirst() + " ended with status " + process.exitValue() + ": "
                        + text.substring(Math.max(0, text.length() - 500)).strip());
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
