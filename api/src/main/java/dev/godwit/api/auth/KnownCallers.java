package dev.godwit.api.auth;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.security.rules.SecurityRuleResult;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Whoever has a token may make every call on which nothing else is said, and hears of an address that does not exist that it
 * does not. A stranger is refused there too, and so learns nothing about the addresses.
 */
@Singleton
final class KnownCallers implements SecurityRule<HttpRequest<?>> {
    @Override
    public Publisher<SecurityRuleResult> check(HttpRequest<?> request, @Nullable Authentication caller) {
        return Mono.just(caller == null ? SecurityRuleResult.UNKNOWN : SecurityRuleResult.ALLOWED);
    }

    /** After what a call's own annotation says. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
