package dev.godwit.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTokensTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    @Test
    void shouldNameHolderAfterFile() throws IOException {
        Files.writeString(folder.resolve("admin"), TOKEN + "\n");
        Files.writeString(folder.resolve("alice@example.org"), "another-token-of-alice");

        FolderTokens tokens = new FolderTokens(folder.toString());

        assertThat(tokens.nameOf(TOKEN)).contains("admin");
        assertThat(tokens.nameOf("another-token-of-alice")).contains("alice@example.org");
        assertThat(tokens.nameOf(TOKEN.substring(1))).isEmpty();
    }

    @Test
    void shouldRefuseTokenThatWasTakenAway() throws IOException {
        Path file = Files.writeString(folder.resolve("admin"), TOKEN);
        FolderTokens tokens = new FolderTokens(folder.toString());
        assertThat(tokens.nameOf(TOKEN)).contains("admin");

        Files.delete(file);

        assertThat(tokens.nameOf(TOKEN)).isEmpty();
    }

    @Test
    void shouldRefuseEmptyAndShortTokensAndHiddenFiles() throws IOException {
        Files.writeString(folder.resolve("empty"), "");
        Files.writeString(folder.resolve("short"), "abc");
        Files.writeString(folder.resolve(".admin.tmp"), TOKEN);

        FolderTokens tokens = new FolderTokens(folder.toString());

        assertThat(tokens.nameOf("")).isEmpty();
        assertThat(tokens.nameOf("abc")).isEmpty();
        assertThat(tokens.nameOf(TOKEN)).isEmpty();
    }

    @Test
    void shouldKnowNobodyWithoutFolder() {
        assertThat(new FolderTokens(folder.resolve("none").toString()).nameOf(TOKEN))
                .isEmpty();
    }
}
