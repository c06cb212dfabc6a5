package dev.godwit.worker;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the worker asks a service over HTTPS.
 *
 * @param caFile PEM file with authorities to trust besides those of the JDK; null for none
 */
@ConfigurationProperties("checks")
public record ChecksConfiguration(@Nullable Path caFile) {}
