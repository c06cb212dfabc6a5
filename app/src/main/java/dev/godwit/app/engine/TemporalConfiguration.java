package dev.godwit.app.engine;

import dev.godwit.workflows.notation.SecretRef;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which Temporal service is used.
 *
 * @param address {@code host:port} of a cluster or of Temporal Cloud; null for an engine of our own
 * @param namespace where Godwit's workflows live
 * @param apiKey {@code secret:name} of an API key, read at each call so that it can be replaced; null for none
 * @param connectTimeout how long the cluster may take to answer at the start
 */
@ConfigurationProperties("temporal")
public record TemporalConfiguration(
        @Nullable String address,
        @Bindable(defaultValue = "godwit") String namespace,
        @Nullable String apiKey,
        @Bindable(defaultValue = "20s") Duration connectTimeout) {

    /** The reference to the API key, or null. */
    public @Nullable SecretRef apiKeyReference() {
        return apiKey == null ? null : SecretRef.parse(apiKey);
    }
}
