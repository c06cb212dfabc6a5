package dev.godwit.app.engine;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS to a Temporal cluster.
 *
 * @param enabled TLS without a client's certificate; a certificate or an API key switch it on by themselves
 * @param certificate PEM file with the client's certificate chain, for mTLS
 * @param key PEM file with its key, PKCS #8
 * @param ca PEM file with the authorities to trust; null for those of the JDK
 * @param serverName the name that the cluster's certificate must have, if it is not the one in the address
 */
@ConfigurationProperties("temporal.tls")
public record TlsConfiguration(
        @Bindable(defaultValue = "false") boolean enabled,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable Path ca,
        @Nullable String serverName) {}
