package dev.godwit.api.problem;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.HttpServerConfiguration;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/** Gives Micronaut's own refusals (no route, wrong method, wrong media type, too large) the form of all problems. */
@Singleton
final class ProblemProcessor implements ErrorResponseProcessor<Problem> {
    private final HttpServerConfiguration server;

    ProblemProcessor(HttpServerConfiguration server) {
        this.server = server;
    }

    @Override
    public MutableHttpResponse<Problem> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        return ProblemAnswers.fill(response, problem(context, response.code()));
    }

    private Problem problem(ErrorContext context, int status) {
        HttpRequest<?> request = context.getRequest();
        String words = context.getErrors().stream().map(Error::getMessage).collect(Collectors.joining("; "));
        return switch (status) {
            case 404 ->
                Problem.of(
                        ProblemType.NOTHING_HERE,
                        "Expected an address of the API, but found " + request.getPath() + "; /docs lists all");
            case 405 ->
                Problem.of(
                        ProblemType.METHOD_NOT_ALLOWED,
                        "Expected a method that the header Allow lists, but found " + request.getMethodName());
            case 406 ->
                Problem.of(
                        ProblemType.NOT_ACCEPTABLE,
                        "Expected a header Accept with a media type that this call gives, but found others: " + words);
            case 413 ->
                Problem.of(
                        ProblemType.BODY_TOO_LARGE,
                        "Expected a body of at most " + server.getMaxRequestSize() / 1024
                                + " KiB, but found a larger one; shorten it");
            case 415 ->
                Problem.of(
                        ProblemType.UNSUPPORTED_MEDIA_TYPE,
                        "Expected a media type that this call takes, but found "
                                + request.getContentType()
                                        .map(MediaType::getName)
                                        .orElse("none") + ": " + words);
            case 500 ->
                ProblemAnswers.unexpected(
                        request.getMethodName() + " " + request.getPath(),
                        context.getRootCause().orElseGet(() -> new IllegalStateException(words)));
            default -> Problem.of(ProblemType.REQUEST_REFUSED, words).withStatus(status);
        };
    }
}
