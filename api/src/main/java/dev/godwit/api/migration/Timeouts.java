package dev.godwit.api.migration;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * How long the API waits for what.
 *
 * @param engine for a call that the engine answers by itself
 * @param status for a worker to tell the state; after that the engine's own knowledge is shown
 * @param command for a migration to take a command
 * @param preflight for a preflight: for its plan, or for the check that a reviewed plan still holds
 * @param poll between two looks at a migration while somebody listens to its events
 * @param keepAlive between two signs of life on a silent stream of events
 */
@ConfigurationProperties("godwit.api.timeouts")
public record Timeouts(
        @Bindable(defaultValue = "5s") Duration engine,
        @Bindable(defaultValue = "3s") Duration status,
        @Bindable(defaultValue = "60s") Duration command,
        @Bindable(defaultValue = "5m") Duration preflight,
        @Bindable(defaultValue = "500ms") Duration poll,
        @Bindable(defaultValue = "15s") Duration keepAlive) {}
