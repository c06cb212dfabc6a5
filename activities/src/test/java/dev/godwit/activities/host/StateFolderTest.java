package dev.godwit.activities.host;

import static dev.godwit.activities.host.SshServerTest.isFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.step.FailureType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFolderTest {
    @Test
    void shouldTakeTheMigrationOfAServiceWithTheLongestName() {
        String migration = "a".repeat(80) + "-20261121-103000-x7k";

        assertThat(StateFolder.of(migration)).isEqualTo("/var/lib/godwit/" + migration);
        assertThat(StateFolder.archive(migration)).isEqualTo("/var/lib/godwit/archive/" + migration);
        assertThat(StateFolder.unit(new JobKey(migration, "s".repeat(200)))).hasSizeLessThan(255);
    }

    @Test
    void shouldTellJobsApart() {
        assertThat(StateFolder.of(new JobKey("shop-1", "copy.first")))
                .isEqualTo("/var/lib/godwit/shop-1/jobs/copy.first");
        assertThat(StateFolder.of(new JobKey("shop-1", "s".repeat(101)))).hasSizeLessThan(200);
        assertThat(StateFolder.unit(new JobKey("shop-1", "a")))
                .isNotEqualTo(StateFolder.unit(new JobKey("shop", "1-a")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../etc", "a/b", "-a", "a b", "$(id)", "archive"})
    void shouldRefuseWhatIsNoNameOnAServer(String migration) {
        assertThatThrownBy(() -> StateFolder.of(migration)).satisfies(isFailure(FailureType.SPEC_MISMATCH));
        assertThatThrownBy(() -> StateFolder.archive(migration)).satisfies(isFailure(FailureType.SPEC_MISMATCH));
    }

    @Test
    void shouldRefuseWhatIsTooLong() {
        assertThatThrownBy(() -> StateFolder.of("a".repeat(101))).satisfies(isFailure(FailureType.SPEC_MISMATCH));
    }
}
