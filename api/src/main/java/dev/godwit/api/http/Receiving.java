package dev.godwit.api.http;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * How long a request may take to arrive.
 *
 * @param headers for its headers, from their first byte
 * @param body for its body, from the end of the headers
 */
@ConfigurationProperties("godwit.api.receiving")
record Receiving(
        @Bindable(defaultValue = "20s") Duration headers,
        @Bindable(defaultValue = "60s") Duration body) {}
