package dev.godwit.worker;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityWorkerShutdownException;
import io.temporal.common.interceptors.ActivityExecutionContextBase;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Beats for every activity, also for one that waits for a server's answer and says nothing itself: a worker that was
 * killed is noticed after the heartbeat time-out of the step, seconds, and not after its start-to-close time-out,
 * minutes of an outage. An activity that was cancelled is interrupted, so that a blocking call ends; so is one that the
 * engine no longer counts on, because it was out of reach or too slow: another attempt may be at work already.
 */
@Singleton
final class LifeSigns extends WorkerInterceptorBase {
    /** Three beats fit into a time-out: one may be late and one may be lost. */
    private static final int BEATS = 3;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("godwit-life-signs").factory());

    @PreDestroy
    void stop() {
        clock.shutdownNow();
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
            context = new Context(original);
            super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            Context beating = context;
            Duration timeout =
                    beating == null ? Duration.ZERO : beating.getInfo().getHeartbeatTimeout();
            if (beating == null || !timeout.isPositive()) {
                return super.execute(input);
            }
            long period = timeout.dividedBy(BEATS).toMillis();
            beating.runsOn(Thread.currentThread());
            ScheduledFuture<?> beats =
                    clock.scheduleWithFixedDelay(beating::beat, period, period, TimeUnit.MILLISECONDS);
            try {
                return super.execute(input);
            } catch (RuntimeException failure) {
                throw beating.cancellationOr(failure);
            } finally {
                beats.cancel(false);
                beating.over();
            }
        }
    }

    /** Remembers the newest details, so that a beat repeats them and never takes back what the activity said. */
    private static final class Context extends ActivityExecutionContextBase {
        private @Nullable Object details;
        private @Nullable Thread worker;
        private @Nullable ActivityCompletionException ended;

        Context(ActivityExecutionContext next) {
            super(next);
            details = next.getHeartbeatDetails(Object.class).orElse(null);
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
        public <V> void heartbeat(V newest) throws ActivityCompletionException {
            synchronized (this) {
                details = newest;
            }
            super.heartbeat(newest);
        }

        void beat() {
            try {
                super.heartbeat(newest());
            } catch (ActivityCompletionException gone) {
                interrupt(gone);
            }
        }

        private synchronized @Nullable Object newest() {
            return details;
        }

        private synchronized void interrupt(ActivityCompletionException gone) {
            if (ended == null && worker != null && !(gone instanceof ActivityWorkerShutdownException)) {
                ended = gone;
                worker.interrupt();
            }
        }

        synchronized RuntimeException cancellationOr(RuntimeException failure) {
            return ended == null ? failure : ended;
        }
    }
}
