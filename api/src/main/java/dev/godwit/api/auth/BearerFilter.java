package dev.godwit.api.auth;

import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemAnswers;
import dev.godwit.api.problem.ProblemType;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.web.router.RouteAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks every call but the open ones for a bearer token (RFC 6750). What has no route is refused first too, so that a
 * stranger learns nothing about the addresses. Micronaut Security would bring sessions, cookies, OAuth and error pages of
 * its own for what these lines do.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class BearerFilter {
    private static final String SCHEME = "Bearer ";

    private final Tokens tokens;

    BearerFilter(Tokens tokens) {
        this.tokens = tokens;
    }

    // Tokens are looked up in files: not where all connections are served.
    @RequestFilter
    @ExecuteOn(TaskExecutors.BLOCKING)
    @Nullable
    HttpResponse<Problem> authenticate(HttpRequest<?> request) {
        Optional<Actor> actor = request.getHeaders()
                .getAuthorization()
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .flatMap(header ->
                        tokens.nameOf(header.substring(SCHEME.length()).strip()))
                .map(Actor::new);
        actor.ifPresent(known -> request.setAttribute(Actor.ATTRIBUTE, known));
        return actor.isPresent() || isOpen(request)
                ? null
                : ProblemAnswers.answer(Problem.of(
                        ProblemType.UNAUTHENTICATED,
                        "Expected a header 'Authorization: Bearer <token>' with a token that Godwit knows, but found "
                                + (request.getHeaders().getAuthorization().isPresent() ? "another one" : "none")));
    }

    private static boolean isOpen(HttpRequest<?> request) {
        return RouteAttributes.getRouteInfo(request)
                .filter(route -> route.getAnnotationMetadata().hasAnnotation(Open.class))
                .isPresent();
    }
}
