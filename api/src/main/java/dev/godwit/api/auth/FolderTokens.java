package dev.godwit.api.auth;

import dev.godwit.workflows.Sha256;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens in a folder: one file for each, named after its holder, readable by its owner only, the token in it. The folder
 * is read at each call, so that a token that is taken away is refused at once. A file that cannot count says so in the log,
 * and keeps no other from counting.
 */
@Singleton
@Requires(property = FolderTokens.PROPERTY)
public final class FolderTokens implements Tokens {
    /** The property that names the folder. */
    public static final String PROPERTY = "godwit.tokens";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final int SHORTEST = 16;

    /** Under these names the audit tells what Godwit did by itself, and what somebody did with Temporal's own tools. */
    private static final Set<String> TAKEN = Set.of("godwit", "temporal");

    /** As for secrets: what others may read has leaked, what others may write is theirs. */
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private static final Logger LOG = LoggerFactory.getLogger(FolderTokens.class);

    private final Path folder;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

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

    /** The token in a file; nothing, which is nobody's token, if the file cannot count. */
    private String content(Path file) {
        String name = file.getFileName().toString();
        if (TAKEN.contains(name.toLowerCase(Locale.ROOT))) {
            return ignored("Expected a token's file with the name of its holder, but found " + file
                    + ", a name under which the audit tells what nobody said; give it another name");
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(OTHERS::contains)) {
                return ignored("Expected the file " + file + " to be open to its owner only, but found the mode "
                        + PosixFilePermissions.toString(permissions)
                        + "; replace the token if others may have read it, then chmod 600");
            }
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            return ignored("Expected to read a token in UTF-8 from " + file + ", but found "
                    + e.getClass().getSimpleName() + "; let Godwit's user own the file (chmod 600)");
        }
    }

    /** Each complaint once: the folder is read at every call. */
    private String ignored(String complaint) {
        if (told.add(complaint)) {
            LOG.warn("A token does not count: {}", complaint);
        }
        return "";
    }

    private static byte[] digest(String text) {
        return Sha256.digest(text.getBytes(StandardCharsets.UTF_8));
    }
}
