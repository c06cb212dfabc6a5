package dev.godwit.api.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;

/** Keeps answers out of caches, and browsers from guessing what they are. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class SafeHeaders {
    @ResponseFilter
    void add(MutableHttpResponse<?> response) {
        response.header(HttpHeaders.CACHE_CONTROL, "no-store");
        response.header("X-Content-Type-Options", "nosniff");
    }
}
