package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretSearchTest {
    private static final String SECRET = "kR7/vW+2xQm9pLz4TtY8";

    @TempDir
    @SuppressWarnings("NullAway.Init") // made before each test
    private Path folder;

    private final SecretSearch search = new SecretSearch().secret("the zone's key", SECRET);

    @Test
    void shouldFindPlantedSecretAndNotRepeatIt() throws Exception {
        plant("godwit.log", "starting with hmac-sha256:godwit.:" + SECRET + "\n");
        assertThat(search.in(folder, (name, path) -> false)).containsExactly("the zone's key in godwit.log");
    }

    @Test
    void shouldFindNothingWhereNothingIs() throws Exception {
        plant("godwit.log", "starting with hmac-sha256:godwit.:…\n");
        assertThat(search.in(folder, (name, path) -> false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "abc", "{\"key\":\""})
    void shouldFindSecretInBase64WhereverItBegins(String before) throws Exception {
        byte[] payload = (before + SECRET + "\",\"more\":1}").getBytes(StandardCharsets.UTF_8);
        plant("history.json", "{\"data\": \"" + Base64.getEncoder().encodeToString(payload) + "\"}");
        plant("url", Base64.getUrlEncoder().encodeToString(payload));
        assertThat(search.in(folder, (name, path) -> false))
                .containsExactly("the zone's key in history.json", "the zone's key in url");
    }

    @Test
    void shouldFindSecretInHexadecimalDigitsAmongBytesThatAreNoText() throws Exception {
        plant("state.db", "\0\1\2" + HexFormat.of().formatHex(SECRET.getBytes(StandardCharsets.UTF_8)) + "\0");
        assertThat(search.in(folder, (name, path) -> false)).hasSize(1);
    }

    @Test
    void shouldLeaveOutWhereSecretsLive() throws Exception {
        plant("tsig", SECRET);
        assertThat(search.in(folder, (name, path) -> path.endsWith("tsig"))).isEmpty();
    }

    @Test
    void shouldKnowKeyByItsOwnLines() throws Exception {
        SecretSearch pem = new SecretSearch().pem("a key", """
                -----BEGIN KEY-----
                b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ
                QyNTUxOQAAACBqVn0yq1Ew8p0vN8Lr4WlJmN2fUe
                YXRvcgEC
                -----END KEY-----
                """);
        plant("other key", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ");
        plant("argv", "ssh -i QyNTUxOQAAACBqVn0yq1Ew8p0vN8Lr4WlJmN2fUe");
        assertThat(pem.in(folder, (name, path) -> false)).containsExactly("a key in argv");
    }

    @Test
    void shouldRefuseWhatIsFoundByChance() {
        assertThatThrownBy(() -> search.secret("a word", "shop")).hasMessageContaining("at least 12");
    }

    private void plant(String name, String content) throws Exception {
        Files.writeString(folder.resolve(name), content);
    }
}
