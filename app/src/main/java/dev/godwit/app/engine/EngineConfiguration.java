package dev.godwit.app.engine;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.bind.annotation.Bindable;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The engine of our own, used when {@code temporal.address} is not set. It listens on loopback only, because it asks
 * nobody for a password.
 *
 * @param binary the {@code temporal} program; null to look on the PATH and in the cache, and to obtain it once
 * @param cache where programs that were obtained are kept
 * @param obtain whether it may be downloaded or built when it is not found
 * @param port of the service; 0 for any that is free
 * @param ui whether Temporal's own web pages are served
 * @param uiPort of these pages; 0 for any that is free
 * @param retention how long the history of an ended migration is kept; 30 days at least
 * @param startTimeout how long the engine may take to answer after it was started
 */
@ConfigurationProperties("godwit.engine")
public record EngineConfiguration(
        @Nullable Path binary,
        @Bindable Path cache,
        @Bindable(defaultValue = "true") boolean obtain,
        @Bindable(defaultValue = "7233") int port,
        @Bindable(defaultValue = "true") boolean ui,
        @Bindable(defaultValue = "8233") int uiPort,
        @Bindable(defaultValue = "365d") Duration retention,
        @Bindable(defaultValue = "60s") Duration startTimeout) {
    public EngineConfiguration {
        if (retention.compareTo(Namespaces.SHORTEST_RETENTION) < 0) {
            throw new ConfigurationException("Expected " + Namespaces.SHORTEST_RETENTION.toDays()
                    + " days or more, but found " + retention.toHours()
                    + " h; correct the setting godwit.engine.retention");
        }
    }
}
