package dev.godwit.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PauseTest {
    @Test
    void shouldFailAtOnceWhenTheWorkerStopsAndStayInterrupted() {
        Thread.currentThread().interrupt();

        ApplicationFailure failure = catchThrowableOfType(
                ApplicationFailure.class,
                () -> Pause.of(Duration.ofHours(1), FailureType.DNS_NOT_PROVED, "to see it", "try again"));

        // Asked first, because asking ends it: the tests that follow run in this thread.
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure.getType()).isEqualTo("DNS_NOT_PROVED");
        assertThat(failure.getOriginalMessage())
                .isEqualTo("Expected to see it, but found the worker stopping; try again");
    }
}
