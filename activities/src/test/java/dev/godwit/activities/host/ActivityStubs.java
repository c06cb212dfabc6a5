package dev.godwit.activities.host;

import dev.godwit.workflows.json.GodwitJson;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.time.Duration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Activities as a worker runs them: with Godwit's JSON, and with a place for heartbeats. */
public final class ActivityStubs implements AutoCloseable {
    private final TestActivityEnvironment environment =
            TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                    .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                            .setDataConverter(GodwitJson.dataConverter())
                            .build())
                    .build());

    /** The activities behind an interface. */
    public <T> T stub(Class<T> type, T implementation) {
        environment.registerActivitiesImplementations(implementation);
        return environment.newActivityStub(
                type,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(3))
                        .build());
    }

    /** For what a test wants to see or to set: heartbeats. */
    public TestActivityEnvironment environment() {
        return environment;
    }

    /** What the activity itself threw. */
    public static AbstractThrowableAssert<?, ? extends Throwable> assertThatActivityThrownBy(ThrowingCallable call) {
        return Assertions.assertThatThrownBy(call)
                .isInstanceOf(ActivityFailure.class)
                .cause();
    }

    @Override
    public void close() {
        environment.close();
    }
}
