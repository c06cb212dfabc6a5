package dev.godwit.worker;

import dev.godwit.workflows.notation.SecretRef;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import java.util.List;

/**
 * The Temporal worker.
 *
 * @param concurrentActivities how many steps' activities run at once in this process. A copy holds its place for hours,
 *     and a cutover may not wait for it; one that waits for a server costs next to nothing
 * @param concurrentLooks how many looks of preflights run at once in this process; further ones queue up, so that many
 *     starts at once do not take the machine from what is under way
 * @param concurrentWatches how many rounds of questions to soaking services run at once in this process; each takes as
 *     long as the service needs to answer
 * @param secrets names of secrets that this worker must have: it says at its start, and beside its name in Temporal,
 *     which of them it lacks
 * @param shutdownTimeout how long activities may go on after the worker was told to stop; what is left is interrupted
 *     and goes on with the next worker
 */
@ConfigurationProperties("godwit.worker")
public record WorkerConfiguration(
        @Bindable(defaultValue = "1000") int concurrentActivities,
        @Bindable(defaultValue = "6") int concurrentLooks,
        @Bindable(defaultValue = "50") int concurrentWatches,
        @Bindable(defaultValue = "") List<String> secrets,
        @Bindable(defaultValue = "10s") Duration shutdownTimeout) {
    public WorkerConfiguration {
        // For 0 Temporal would take a number of its own.
        atLeastOne("concurrent-activities", concurrentActivities);
        atLeastOne("concurrent-looks", concurrentLooks);
        atLeastOne("concurrent-watches", concurrentWatches);
        secrets = secrets.stream().filter(name -> !name.isBlank()).toList();
        for (String name : secrets) {
            if (!SecretRef.isName(name)) {
                throw new ConfigurationException("Expected names of secrets, but found '" + name
                        + "'; correct the setting godwit.worker.secrets");
            }
        }
    }

    /** The secrets by reference. */
    List<SecretRef> secretReferences() {
        return secrets.stream().map(SecretRef::new).toList();
    }

    private static void atLeastOne(String setting, int places) {
        if (places < 1) {
            throw new ConfigurationException(
                    "Expected at least 1, but found " + places + "; correct the setting godwit.worker." + setting);
        }
    }
}
