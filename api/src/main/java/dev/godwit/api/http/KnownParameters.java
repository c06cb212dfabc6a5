package dev.godwit.api.http;

import dev.godwit.api.openapi.Call;
import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemAnswers;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.api.problem.Shown;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.web.router.MethodBasedRouteInfo;
import io.micronaut.web.router.RouteAttributes;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses query parameters that a call does not take: left out silently, a misspelt one would give the answer to another
 * question. Strangers are refused before.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.LOWEST_PRECEDENCE)
final class KnownParameters {
    @RequestFilter
    @Nullable
    HttpResponse<Problem> refuseOthers(HttpRequest<?> request) {
        if (!(RouteAttributes.getRouteInfo(request).orElse(null) instanceof MethodBasedRouteInfo<?, ?> route)
                || !route.getAnnotationMetadata().hasAnnotation(Call.class)) {
            return null;
        }
        List<String> known = Stream.of(route.getTargetMethod().getArguments())
                .filter(argument -> argument.getAnnotationMetadata().hasAnnotation(QueryValue.class))
                .map(argument -> argument.getName())
                .toList();
        return request.getParameters().names().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .map(name -> ProblemAnswers.answer(Problem.of(
                        ProblemType.INVALID_PARAMETER,
                        "Expected " + words(known) + " in the query, but found '" + Shown.of(name) + "'; remove it")))
                .orElse(null);
    }

    private static String words(List<String> known) {
        return known.isEmpty()
                ? "nothing"
                : known.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ", "nothing but ", ""));
    }
}
