package dev.godwit.lab;

import dev.godwit.api.migration.MigrationView;
import dev.godwit.workflows.json.GodwitJson;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the server-sent events of a migration until its status fits a condition. */
final class StatusStream {
    private static final String DATA = "data:";

    private final HttpClient client;
    /** What Godwit answers while its engine is away. */
    private static final int UNAVAILABLE = 503;

    private static final Duration AGAIN = Duration.ofMillis(500);

    private final HttpRequest request;
    private final Consumer<MigrationView> watcher;
    private final Predicate<MigrationView> condition;
    private volatile @Nullable MigrationView last;

    StatusStream(
            HttpClient client,
            HttpRequest request,
            Consumer<MigrationView> watcher,
            Predicate<MigrationView> condition) {
        this.client = client;
        this.request = request;
        this.watcher = watcher;
        this.condition = condition;
    }

    /**
     * Waits for the status that fits.
     *
     * @throws IOException if the API cannot be reached
     * @throws LabException if the migration is over, or the time is, without such a status
     */
    MigrationView await(Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Lines lines = new Lines();
            CompletableFuture<HttpResponse<Void>> exchange = client.sendAsync(request, answer -> {
                        if (answer.statusCode() == UNAVAILABLE) {
                            lines.unavailable = true;
                            lines.found.complete(null);
                        } else if (answer.statusCode() != 200) {
                            lines.onError(new IOException("status " + answer.statusCode()));
                        }
                        return HttpResponse.BodySubscribers.fromLineSubscriber(lines);
                    })
                    .whenComplete((response, failure) -> {
                        if (failure != null) {
                            lines.onError(failure);
                        }
                    });
            try {
                MigrationView fitting =
                        lines.found.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (fitting != null) {
                    return fitting;
                }
                if (lines.unavailable) {
                    Thread.sleep(AGAIN);
                }
            } catch (TimeoutException e) {
                throw new LabException(
                        ExitCode.FAILURE,
                        "Expected more of the migration within " + atMost + "; it is " + words(last),
                        e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException bug) {
                    throw bug;
                }
                throw new IOException("Expected events of the migration, but found " + e.getCause(), e.getCause());
            } finally {
                lines.end();
                exchange.cancel(true);
            }
        }
    }

    /** A workflow that somebody ended by force has no outcome, and a note. */
    private static String how(MigrationView end) {
        String why = end.endReason() == null ? end.note() : end.endReason();
        return (end.outcome() == null ? "" : " " + end.outcome()) + (why == null ? "" : ": " + why);
    }

    private static String words(@Nullable MigrationView view) {
        return view == null
                ? "not known"
                : "in phase " + view.phase() + ", outcome " + view.outcome() + ", waiting for " + view.waiting();
    }

    /** One stream of lines. It has found nothing when it ends early: somebody opens another one. */
    private final class Lines implements Flow.Subscriber<String> {
        final CompletableFuture<@Nullable MigrationView> found = new CompletableFuture<>();
        volatile boolean unavailable;
        private volatile Flow.@Nullable Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription opened) {
            subscription = opened;
            if (found.isDone()) {
                opened.cancel();
            } else {
                opened.request(Long.MAX_VALUE);
            }
        }

        @Override
        public void onNext(String line) {
            if (found.isDone() || !line.startsWith(DATA)) {
                return;
            }
            try {
                MigrationView view = GodwitJson.read(line.substring(DATA.length()), MigrationView.class);
                last = view;
                watcher.accept(view);
                if (condition.test(view)) {
                    found.complete(view);
                } else if (view.endedAt() != null) {
                    found.completeExceptionally(new LabException(
                            ExitCode.FAILURE, "Expected more of the migration, but it ended" + how(view)));
                }
            } catch (RuntimeException e) {
                found.completeExceptionally(e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            found.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            found.complete(null);
        }

        void end() {
            found.completeExceptionally(new CancellationException("no longer awaited"));
            Flow.Subscription opened = subscription;
            if (opened != null) {
                opened.cancel();
            }
        }
    }
}
