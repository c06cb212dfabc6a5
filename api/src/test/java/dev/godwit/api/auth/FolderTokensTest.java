package dev.godwit.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderTokensTest {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    @Test
    void shouldNameHolderAfterFile() throws IOException {
        write("admin", TOKEN + "\n");
        write("alice@example.org", "another-token-of-alice");

        FolderTokens tokens = new FolderTokens(folder.toString());

        assertThat(tokens.nameOf(TOKEN)).contains("admin");
        assertThat(tokens.nameOf("another-token-of-alice")).contains("alice@example.org");
        assertThat(tokens.nameOf(TOKEN.substring(1))).isEmpty();
    }

    @Test
    void shouldRefuseTokenThatWasTakenAway() throws IOException {
        Path file = write("admin", TOKEN);
        FolderTokens tokens = new FolderTokens(folder.toString());
        assertThat(tokens.nameOf(TOKEN)).contains("admin");

        Files.delete(file);

        assertThat(tokens.nameOf(TOKEN)).isEmpty();
    }

    @Test
    void shouldRefuseEmptyAndShortTokensAndHiddenFiles() throws IOException {
        write("empty", "");
        write("short", "abc");
        write(".admin.tmp", TOKEN);

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

    @Test
    void shouldKnowTheOthersWhereOneFileCannotBeRead() throws IOException {
        Files.write(write("latin1", ""), new byte[] {(byte) 0xe9, (byte) 0xff, (byte) 0xfe});
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        write("zoe", TOKEN);

        assertThat(new FolderTokens(folder.toString()).nameOf(TOKEN)).contains("zoe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw-rw----", "rw----r--", "rw-----w-"})
    void shouldRefuseTokenThatOthersMayReadOrReplace(String mode) throws IOException {
        Path file = write("admin", TOKEN);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        assertThat(new FolderTokens(folder.toString()).nameOf(TOKEN)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"godwit", "temporal", "Godwit"})
    void shouldRefuseNamesUnderWhichTheAuditTellsWhatNobodySaid(String name) throws IOException {
        write(name, TOKEN);

        assertThat(new FolderTokens(folder.toString()).nameOf(TOKEN)).isEmpty();
    }

    private Path write(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
