package dev.godwit.api.problem;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.web.router.exceptions.UnsatisfiedBodyRouteException;
import io.netty.handler.codec.DecoderException;
import jakarta.inject.Singleton;
import java.io.EOFException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;

/** Says how exceptions become answers. */
@Factory
final class ProblemHandlers {
    @Singleton
    ExceptionHandler<ProblemException, HttpResponse<Problem>> problems() {
        return (request, exception) -> ProblemAnswers.answer(exception.problem());
    }

    /** Replaces Micronaut's handler, whose words are made for programmers. */
    @Singleton
    @Primary
    ExceptionHandler<ConversionErrorException, HttpResponse<Problem>> parameters() {
        return (request, exception) -> ProblemAnswers.answer(Problem.of(
                ProblemType.INVALID_PARAMETER,
                "'" + nameOf(exception.getArgument()) + "': "
                        + exception.getConversionError().getCause().getMessage()));
    }

    /** A stranger, at a call that is not open to everybody. */
    @Singleton
    @Primary
    ExceptionHandler<AuthorizationException, HttpResponse<Problem>> unauthenticated() {
        return (request, exception) -> ProblemAnswers.answer(Problem.of(
                ProblemType.UNAUTHENTICATED,
                "Expected a header 'Authorization: Bearer <token>' with a token that Godwit knows, but found "
                        + (request.getHeaders().getAuthorization().isPresent() ? "another one" : "none")));
    }

    /** A call whose body is missing. */
    @Singleton
    @Primary
    ExceptionHandler<UnsatisfiedBodyRouteException, HttpResponse<Problem>> missing() {
        return (request, exception) -> ProblemAnswers.answer(Problem.of(
                ProblemType.MALFORMED_REQUEST,
                "Expected a body in JSON (or, for a spec, in YAML), but found none; /docs shows what this call takes"));
    }

    /** A body that is not in the encoding that its header names (RFC 9110, 8.4). */
    @Singleton
    ExceptionHandler<DecoderException, HttpResponse<Problem>> undecodable() {
        return (request, exception) -> ProblemAnswers.answer(Problem.of(
                ProblemType.MALFORMED_REQUEST,
                "Expected a body in the encoding that the header Content-Encoding names, but found another; send it as it"
                        + " is, without that header"));
    }

    @Singleton
    ExceptionHandler<EOFException, HttpResponse<Problem>> hungUp() {
        return (request, exception) -> ProblemAnswers.answer(ProblemAnswers.incomplete(request));
    }

    @Singleton
    ExceptionHandler<SocketException, HttpResponse<Problem>> reset() {
        return (request, exception) -> ProblemAnswers.answer(ProblemAnswers.incomplete(request));
    }

    @Singleton
    ExceptionHandler<ClosedChannelException, HttpResponse<Problem>> closed() {
        return (request, exception) -> ProblemAnswers.answer(ProblemAnswers.incomplete(request));
    }

    /** As the caller wrote it: a header's own name. */
    private static String nameOf(Argument<?> argument) {
        return argument.getAnnotationMetadata().stringValue(Header.class).orElse(argument.getName());
    }

    @Singleton
    ExceptionHandler<Throwable, HttpResponse<Problem>> unexpected() {
        return (request, exception) -> ProblemAnswers.answer(
                ProblemAnswers.unexpected(request.getMethodName() + " " + request.getPath(), exception));
    }
}
