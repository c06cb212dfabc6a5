package dev.godwit.api.auth;

import io.micronaut.http.HttpRequest;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.token.validator.TokenValidator;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Tells Micronaut's security whose a bearer token is (RFC 6750). */
@Singleton
final class BearerTokens implements TokenValidator<HttpRequest<?>> {
    private final Tokens tokens;

    /** Tokens are looked up in files: not where all connections are served. */
    private final Scheduler reading;

    BearerTokens(Tokens tokens, @Named(TaskExecutors.BLOCKING) ExecutorService executor) {
        this.tokens = tokens;
        this.reading = Schedulers.fromExecutorService(executor);
    }

    @Override
    public Publisher<Authentication> validateToken(String token, @Nullable HttpRequest<?> request) {
        return Mono.fromCallable(() -> tokens.nameOf(token.strip()))
                .subscribeOn(reading)
                .flatMap(Mono::justOrEmpty)
                .map(Authentication::build);
    }
}
