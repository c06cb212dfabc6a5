package dev.godwit.activities.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TsigKeyTest {
    private static final SecretRef REFERENCE = new SecretRef("tsig");

    @ParameterizedTest
    @ValueSource(strings = {"hmac-sha256:godwit:aHVudGVyMg==", "HMAC-SHA512:godwit.example.org.:aHVudGVyMg==\n"})
    void shouldReadWhatNsupdateReads(String value) {
        assertThat(TsigKey.read(reference -> value, REFERENCE)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hunter2",
                "godwit:aHVudGVyMg==",
                "hmac-md5:godwit:aHVudGVyMg==",
                "hmac-sha256:godwit:hunter2!",
                "hmac-sha256:godwit:",
                "hmac-sha256::aHVudGVyMg==",
                "hmac-sha256:go..dwit:aHVudGVyMg==",
                "hmac-sha256:godwit:aHVudGVyMg==:more"
            })
    void shouldSayWhichFormIsWrongWithoutRepeatingTheKey(String value) {
        ApplicationFailure failure =
                catchThrowableOfType(ApplicationFailure.class, () -> TsigKey.read(reference -> value, REFERENCE));

        assertThat(failure.getType()).isEqualTo(FailureType.SECRET_UNAVAILABLE.name());
        assertThat(failure.getOriginalMessage())
                .contains("'tsig'", "algorithm:name:base64", "but found")
                .doesNotContain("hunter2")
                .doesNotContain("aHVudGVyMg");
        assertThat(failure).hasNoCause();
    }
}
