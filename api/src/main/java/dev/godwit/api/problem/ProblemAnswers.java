package dev.godwit.api.problem;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes HTTP answers of problems. */
public final class ProblemAnswers {
    /** When to try again, in seconds, if the engine or the worker is away. */
    static final String RETRY_AFTER = "5";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAnswers.class);

    private ProblemAnswers() {}

    /** The answer with the headers that its status asks for (RFC 9110). */
    public static MutableHttpResponse<Problem> answer(Problem problem) {
        return fill(HttpResponse.status(problem.status(), problem.title()), problem);
    }

    static MutableHttpResponse<Problem> fill(MutableHttpResponse<?> response, Problem problem) {
        if (problem.status() == ProblemType.UNAUTHENTICATED.status()) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"godwit\"");
        } else if (problem.status() == ProblemType.ENGINE_UNAVAILABLE.status()) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        }
        return response.contentType(Problem.MEDIA_TYPE).body(problem);
    }

    /** The answer to a request whose connection ended before it was whole: nobody reads it, and one line tells of it. */
    static Problem incomplete(HttpRequest<?> request) {
        LOG.info(
                "{} {}: the connection ended before the request was whole", request.getMethodName(), request.getPath());
        return Problem.of(
                ProblemType.MALFORMED_REQUEST,
                "Expected a whole request, but found the end of the connection; send it again");
    }

    /** The answer to what nobody expected: logged with an id, which is all that leaves the server. */
    static Problem unexpected(String request, Throwable failure) {
        UUID id = UUID.randomUUID();
        LOG.error("{}: {} failed unexpectedly", id, request, failure);
        return Problem.of(
                ProblemType.UNEXPECTED,
                "Expected to answer, but found an error of Godwit's own; look for " + id + " in its log and report it");
    }
}
