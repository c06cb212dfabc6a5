package dev.godwit.api.problem;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

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
                "'" + exception.getArgument().getName() + "': "
                        + exception.getConversionError().getCause().getMessage()));
    }

    @Singleton
    ExceptionHandler<Throwable, HttpResponse<Problem>> unexpected() {
        return (request, exception) -> ProblemAnswers.answer(
                ProblemAnswers.unexpected(request.getMethodName() + " " + request.getPath(), exception));
    }
}
