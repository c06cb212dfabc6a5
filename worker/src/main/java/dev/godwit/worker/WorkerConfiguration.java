package dev.godwit.worker;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * The Temporal worker.
 *
 * @param concurrentActivities how many activities run at once in this process
 * @param shutdownTimeout how long activities may go on after the worker was told to stop; what is left is interrupted
 *     and goes on with the next worker
 */
@ConfigurationProperties("godwit.worker")
public record WorkerConfiguration(
        @Bindable(defaultValue = "64") int concurrentActivities,
        @Bindable(defaultValue = "10s") Duration shutdownTimeout) {}
