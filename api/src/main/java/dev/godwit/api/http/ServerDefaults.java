package dev.godwit.api.http;

import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.server.HttpServerConfiguration;
import jakarta.inject.Singleton;

/** Safe where nothing is said: Godwit listens on loopback, and a body has a limit. */
@Singleton
final class ServerDefaults implements BeanCreatedEventListener<HttpServerConfiguration> {
    /** The largest body of a request, in bytes. */
    static final long LARGEST_BODY = 512 * 1024;

    private static final String LOOPBACK = "127.0.0.1";

    @Override
    public HttpServerConfiguration onCreated(BeanCreatedEvent<HttpServerConfiguration> event) {
        HttpServerConfiguration server = event.getBean();
        if (server.getHost().isEmpty()) {
            server.setHost(LOOPBACK);
        }
        server.setMaxRequestSize(LARGEST_BODY);
        server.setMaxRequestBufferSize(LARGEST_BODY);
        return server;
    }
}
