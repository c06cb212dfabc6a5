package dev.godwit.app;

import dev.godwit.app.engine.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Stream;

/** The token that the first 'up' makes, so that the API is never open and never unusable. */
final class FirstToken {
    /** The name of its holder, which is also the name of its file. */
    static final String NAME = "admin";

    private static final int BYTES = 32;

    private FirstToken() {}

    /**
     * Makes it unless the folder has a token already.
     *
     * @param folder one file for each token, named after its holder, for the owner only
     */
    static void makeIn(Path folder) throws IOException {
        OwnerOnly.createFolder(folder);
        try (Stream<Path> tokens = Files.list(folder)) {
            if (tokens.anyMatch(file -> !file.getFileName().toString().startsWith("."))) {
                return;
            }
        }
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        // Beside its place first: a name with a dot in front is no token.
        Path draft = folder.resolve("." + NAME);
        Files.deleteIfExists(draft);
        try (var file = Files.newByteChannel(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            file.write(ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
        Files.move(draft, folder.resolve(NAME));
    }
}
