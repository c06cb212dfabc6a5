package dev.godwit.worker;

import io.grpc.Context.CancellableContext;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionClient;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityCompletionFailureException;
import io.temporal.client.ActivityNotExistsException;
import io.temporal.client.ActivityWorkerShutdownException;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Beats for every activity, also for one that waits for a server's answer and says nothing itself: a worker that was
 * killed is noticed after the heartbeat time-out of the step, seconds, and not after its start-to-close time-out,
 * minutes of an outage. An activity that was cancelled is interrupted, so that a blocking call ends; so is one that the
 * engine no longer counts on, because it was out of reach or too slow: another attempt may be at work already.
 *
 * <p>No beat waits for another's. Whoever sends one is blocked until the engine has answered, so each is sent from a
 * thread of its own, and what an activity says waits for the next beat. The SDK's own way is not used: it sends what it
 * puts off from four threads that all activities share. The threads here are the operating system's: activities run on
 * virtual threads, as many at once as there are processors, and those that compute would keep every beat waiting.
 */
@Singleton
final class LifeSigns extends WorkerInterceptorBase {
    private static final Logger LOG = LoggerFactory.getLogger(LifeSigns.class);

    /** Three beats fit into a time-out: one may be late and one may be lost. */
    private static final int BEATS = 3;

    /** Progress is for people who watch: what an activity says reaches the engine within this time. */
    private static final Duration PROGRESS = Duration.ofSeconds(2);

    /** So long after the heartbeat time-out it is certain that the engine counts on another attempt. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("godwit-life-signs").factory());

    private final ExecutorService senders = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("godwit-life-sign-", 0).factory());

    private volatile boolean workerStops;

    LifeSigns() {
        // Else an activity that has ended is held until its next beat would have been.
        clock.setRemoveOnCancelPolicy(true);
    }

    /** From now on an activity that says something is told that its worker stops. Beats go on until it has ended. */
    void workerStops() {
        workerStops = true;
    }

    @PreDestroy
    void stop() {
        clock.shutdownNow();
        senders.shutdownNow();
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Beating(next);
    }

    private final class Beating extends ActivityInboundCallsInterceptorBase {
        private @Nullable Context context;

        Beating(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(ActivityExecutionContext original) {
            if (original.getInfo().getHeartbeatTimeout().isPositive()) {
                context = new Context(original);
            }
            super.init(context == null ? original : context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            Context beating = context;
            if (beating == null) {
                return super.execute(input);
            }
            beating.runsOn(Thread.currentThread());
            long tick = beating.tick().toMillis();
            Future<?> beats = clock.scheduleWithFixedDelay(beating::beatIfDue, tick, tick, TimeUnit.MILLISECONDS);
            try {
                return super.execute(input);
            } catch (RuntimeException failure) {
                // The next attempt goes on from what this one said last.
                beating.beatIfItHasNews();
                throw beating.cancellationOr(failure);
            } finally {
                beats.cancel(false);
                beating.over();
            }
        }
    }

    /** Remembers the newest details, so that a beat repeats them and never takes back what the activity said. */
    private final class Context extends ActivityExecutionContextBase {
        private final ActivityCompletionClient engine;
        private final Duration period;
        private final AtomicBoolean sending = new AtomicBoolean();
        private @Nullable Object details;
        private boolean news;
        private long lastBeat = System.nanoTime();
        private long lastAnswer = System.nanoTime();
        private @Nullable Thread worker;
        private @Nullable ActivityCompletionException ended;

        Context(ActivityExecutionContext next) {
            super(next);
            engine = next.getWorkflowClient().newActivityCompletionClient();
            details = next.getHeartbeatDetails(Object.class).orElse(null);
            period = getInfo().getHeartbeatTimeout().dividedBy(BEATS);
        }

        /** How often it may beat. */
        Duration tick() {
            return period.compareTo(PROGRESS) < 0 ? period : PROGRESS;
        }

        synchronized void runsOn(Thread thread) {
            worker = thread;
        }

        synchronized void over() {
            worker = null;
            // An interrupt that came when the work was already done must not hit the thread's next task.
            if (ended != null) {
                Thread.interrupted();
            }
        }

        @Override
        public synchronized <V> void heartbeat(V newest) throws ActivityCompletionException {
            details = newest;
            news = true;
            if (ended != null) {
                throw ended;
            }
            if (workerStops) {
                throw new ActivityWorkerShutdownException(getInfo());
            }
        }

        /** Has it beat if it is time; not while the beat before is still on its way. */
        void beatIfDue() {
            if (isDue() && sending.compareAndSet(false, true)) {
                senders.execute(() -> {
                    try {
                        beat();
                    } finally {
                        sending.set(false);
                    }
                });
            }
        }

        void beatIfItHasNews() {
            if (hasNewsForTheEngine()) {
                beat();
            }
        }

        private void beat() {
            // One that stalls is given up when nobody counts on it any more.
            long patience = getInfo().getHeartbeatTimeout().toMillis();
            try (CancellableContext call =
                    io.grpc.Context.current().withDeadlineAfter(patience, TimeUnit.MILLISECONDS, clock)) {
                call.run(() -> engine.heartbeat(getTaskToken(), newest()));
                answered();
            } catch (ActivityCompletionFailureException unanswered) {
                LOG.warn(
                        "Expected the engine to take a sign of life of {}, but found {}; it is sent again",
                        getInfo().getActivityType(),
                        String.valueOf(unanswered.getCause()));
                repeatUnlessTooLate(unanswered);
            } catch (ActivityCompletionException gone) {
                end(gone);
            }
        }

        private synchronized void answered() {
            lastAnswer = System.nanoTime();
        }

        private synchronized void repeatUnlessTooLate(ActivityCompletionFailureException unanswered) {
            news = true;
            Duration silence = Duration.ofNanos(System.nanoTime() - lastAnswer);
            if (silence.compareTo(getInfo().getHeartbeatTimeout().plus(GRACE)) > 0) {
                end(new ActivityNotExistsException(getInfo(), unanswered));
            }
        }

        /** The next tick would be too late, or there is something to say. */
        private synchronized boolean isDue() {
            return news || System.nanoTime() - lastBeat + tick().toNanos() > period.toNanos();
        }

        private synchronized boolean hasNewsForTheEngine() {
            return news && ended == null;
        }

        private synchronized @Nullable Object newest() {
            news = false;
            lastBeat = System.nanoTime();
            return details;
        }

        private synchronized void end(ActivityCompletionException gone) {
            if (ended != null) {
                return;
            }
            ended = gone;
            if (worker != null) {
                worker.interrupt();
            }
        }

        synchronized RuntimeException cancellationOr(RuntimeException failure) {
            return ended == null ? failure : ended;
        }
    }
}
