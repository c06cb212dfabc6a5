package dev.godwit.api;

import dev.godwit.workflows.step.Progress;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import io.temporal.client.ActivityCompletionException;
import io.temporal.failure.ApplicationFailure;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A long copy: its first attempt fails, the second one is half done and stays so. */
@ActivityInterface
public interface Copying {
    @ActivityMethod
    String copy(String migration);

    /** The one that copies nothing. */
    final class Fake implements Copying {
        private final CountDownLatch end = new CountDownLatch(1);

        @Override
        public String copy(String migration) {
            ActivityExecutionContext context = Activity.getExecutionContext();
            if (context.getInfo().getAttempt() == 1) {
                throw ApplicationFailure.newFailure("the connection was lost", "HOST_UNREACHABLE");
            }
            try {
                do {
                    context.heartbeat(new Progress("copying table orders", 500, 1000));
                } while (!end.await(200, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ActivityCompletionException e) {
                throw e;
            }
            return "copied";
        }

        void end() {
            end.countDown();
        }
    }
}
