package dev.godwit.api.auth;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tokens in a folder: one file for each, named after its holder, readable by its owner only, the token in it. The folder
 * is read at each call, so that a token that is taken away is refused at once.
 */
@Singleton
@Requires(property = FolderTokens.PROPERTY)
public final class FolderTokens implements Tokens {
    /** The property that names the folder. */
    public static final String PROPERTY = "godwit.tokens";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final int SHORTEST = 16;

    private final Path folder;

    public FolderTokens(@Value("${" + PROPERTY + "}") String folder) {
        this.folder = Path.of(folder);
    }

    @Override
    public Optional<String> nameOf(String token) {
        byte[] given = digest(token);
        String found = null;
        for (Path file : files()) {
            // Digests of equal length, all compared to the end: the time tells nothing about any token.
            if (MessageDigest.isEqual(given, digest(content(file))) && token.length() >= SHORTEST) {
                found = file.getFileName().toString();
            }
        }
        return Optional.ofNullable(found);
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> NAME.matcher(file.getFileName().toString()).matches())
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
