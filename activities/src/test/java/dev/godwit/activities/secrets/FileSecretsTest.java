package dev.godwit.activities.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.notation.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSecretsTest {
    private static final SecretRef NAME = new SecretRef("ops");

    @TempDir
    Path folder;

    private String value(String content, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("ops"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return new FileSecrets(folder, "godwit-7@north", false).get(NAME);
    }

    @Test
    void shouldReadWithoutTheClosingNewline() throws IOException {
        assertThat(value("line\n\n", "rw-------")).isEqualTo("line\n");
        assertThat(value("line", "r--------")).isEqualTo("line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw-----w-", "rw-r--r--"})
    void shouldRefuseWhatOthersMayRead(String permissions) {
        assertThatThrownBy(() -> value("hunter2", permissions))
                .hasMessageContaining("SECRET_UNAVAILABLE")
                .hasMessageContaining(permissions)
                .hasMessageContaining("chmod 600")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void shouldComplainOfWhatNobodyCanUse() throws IOException {
        FileSecrets oneOfSeveral = new FileSecrets(folder, "godwit-7@north", true);
        value("hunter2", "rw-------");
        Files.writeString(folder.resolve("not a name"), "an editor's backup");
        assertThat(oneOfSeveral.complaints(List.of())).isEmpty();

        Files.setPosixFilePermissions(folder.resolve("ops"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(oneOfSeveral.complaints(List.of()))
                .singleElement()
                .asString()
                .contains(folder.resolve("ops").toString(), "godwit-7@north", "rw-r--r--");
    }

    @Test
    void shouldMissWhatEveryWorkerNeeds() throws IOException {
        value("hunter2", "rw-------");

        assertThat(new FileSecrets(folder, "godwit-7@north", true).complaints(List.of(NAME, new SecretRef("tsig"))))
                .singleElement()
                .asString()
                .contains("Expected the secret 'tsig'");
    }

    @Test
    void shouldMissSecretsOnlyWhereOthersHaveTheirs() {
        for (Path empty : List.of(folder, folder.resolve("none"))) {
            assertThat(new FileSecrets(empty, "godwit-7@north", false).complaints(List.of()))
                    .isEmpty();
            assertThat(new FileSecrets(empty, "godwit-7@north", true).complaints(List.of()))
                    .hasSize(1);
        }
    }

    @Test
    void shouldSayWhoLookedWhere() {
        assertThatThrownBy(() -> new FileSecrets(folder, "godwit-7@north", false).get(NAME))
                .hasMessageContaining("SECRET_UNAVAILABLE")
                .hasMessageContaining(folder.resolve("ops").toString())
                .hasMessageContaining("godwit-7@north", false);
    }
}
