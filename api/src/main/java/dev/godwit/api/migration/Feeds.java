package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemException;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Streams of a migration's status. All who listen to one migration share one poll of it, which ends with the last of them
 * and with the migration.
 */
@Singleton
final class Feeds {
    private final Statuses statuses;
    private final Timeouts timeouts;
    private final Scheduler asking;
    private final Map<MigrationId, Flux<MigrationView>> feeds = new ConcurrentHashMap<>();

    Feeds(Statuses statuses, Timeouts timeouts, @Named(TaskExecutors.BLOCKING) ExecutorService executor) {
        this.statuses = statuses;
        this.timeouts = timeouts;
        this.asking = Schedulers.fromExecutorService(executor);
    }

    /** The status at once, every change of it, a sign of life now and then; ends after the end. */
    Flux<StatusEvent> of(MigrationId id) {
        Flux<StatusEvent> alive =
                Flux.interval(timeouts.keepAlive()).onBackpressureDrop().map(tick -> new StatusEvent.SignOfLife());
        return shared(id)
                .<StatusEvent>map(StatusEvent.Changed::new)
                .publish(changes -> Flux.merge(changes, alive.takeUntilOther(changes.ignoreElements())));
    }

    /** How many migrations are being polled. */
    int polled() {
        return feeds.size();
    }

    private Flux<MigrationView> shared(MigrationId id) {
        return feeds.computeIfAbsent(
                id,
                key -> poll(key)
                        .doFinally(signal -> feeds.remove(key))
                        .replay(1)
                        .refCount(1));
    }

    private Flux<MigrationView> poll(MigrationId id) {
        return Mono.fromCallable(() -> statuses.of(id.text()))
                .subscribeOn(asking)
                // An engine that is away for a while ends no stream: the next look may find it again.
                .onErrorResume(ProblemException.class, _ -> Mono.empty())
                .repeatWhen(rounds -> rounds.delayElements(timeouts.poll()))
                .distinctUntilChanged()
                .takeUntil(MigrationView::isOver);
    }
}
