package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemType;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowServiceException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The engine, asked with an end to the patience: an engine that is away is a problem with a name, never a hanging call. */
@Singleton
final class Engine {
    private final WorkflowClient client;
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("engine-deadlines").factory());

    Engine(WorkflowClient client) {
        this.client = client;
        // Else a question that was answered is held until its patience is over.
        clock.setRemoveOnCancelPolicy(true);
    }

    /** The client; every call of it belongs into {@link #ask}. */
    WorkflowClient client() {
        return client;
    }

    /**
     * Asks and answers, or ends with the problem that the engine is unavailable or too slow. Other failures pass.
     *
     * @param patience for the answer, retries of the client included
     */
    <T> T ask(Duration patience, Supplier<T> question) {
        Context.CancellableContext deadline =
                Context.current().withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS, clock);
        Context before = deadline.attach();
        try {
            return question.get();
        } catch (StatusRuntimeException | WorkflowServiceException e) {
            Status.Code code = code(e);
            if (code == Status.Code.UNAVAILABLE || code == Status.Code.RESOURCE_EXHAUSTED) {
                throw ProblemType.ENGINE_UNAVAILABLE.because("Expected the Temporal engine to answer, but found it "
                        + (code == Status.Code.UNAVAILABLE
                                ? "unreachable; see that it runs and try again"
                                : "overloaded (" + words(e) + "); try again"));
            }
            if (code == Status.Code.DEADLINE_EXCEEDED || code == Status.Code.CANCELLED) {
                throw ProblemType.TIMED_OUT.because("Expected an answer within " + patience.toSeconds()
                        + " s, but found none; try again, and see GET /api/v1/health");
            }
            throw e;
        } finally {
            deadline.detach(before);
            deadline.cancel(null);
        }
    }

    /** The gRPC status that caused a failure; null if none did. */
    static Status.@Nullable Code code(Throwable failure) {
        Status status = status(failure);
        return status == null ? null : status.getCode();
    }

    private static @Nullable String words(Throwable failure) {
        Status status = status(failure);
        return status == null ? null : status.getDescription();
    }

    private static @Nullable Status status(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusRuntimeException refused) {
                return refused.getStatus();
            }
        }
        return null;
    }

    @PreDestroy
    void close() {
        clock.shutdownNow();
    }
}
