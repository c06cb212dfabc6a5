package dev.godwit.activities.database;

import dev.godwit.workflows.activity.Progress;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Heartbeats of the activity that runs, also while a server takes long over a single question. */
final class ActivityHeartbeats implements Heartbeats {
    private static final int SECONDS = 4;

    private final ThreadLocal<AtomicReference<Progress>> last =
            ThreadLocal.withInitial(() -> new AtomicReference<>(new Progress("", 0, 0)));

    /** Does an activity's work, and says until its end that it is alive. */
    <T> T during(String what, Supplier<T> work) {
        ActivityExecutionContext context = Activity.getExecutionContext();
        AtomicReference<Progress> latest = last.get();
        latest.set(new Progress(what, 0, 0));
        CountDownLatch end = new CountDownLatch(1);
        Thread ticker = Thread.ofVirtual().start(() -> tick(context, latest, end));
        try {
            return work.get();
        } finally {
            end.countDown();
            last.remove();
            try {
                ticker.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void beat(Progress progress) {
        last.get().set(progress);
        Activity.getExecutionContext().heartbeat(progress);
    }

    private static void tick(ActivityExecutionContext context, AtomicReference<Progress> latest, CountDownLatch end) {
        try {
            while (!end.await(SECONDS, TimeUnit.SECONDS)) {
                context.heartbeat(latest.get());
            }
        } catch (ActivityCompletionException e) {
            // The activity's own next heartbeat is told so too, and stops the work where it can be stopped.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
