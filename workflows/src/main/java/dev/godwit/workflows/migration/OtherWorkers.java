package dev.godwit.workflows.migration;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Workflow;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;

/**
 * Asks another worker where one lacks a secret. The engine gives a task to whichever worker asks for it first, so the
 * activity is scheduled anew until somebody has the secret: where three workers of four lack it, twenty times are too
 * few in three cases of a thousand. The pauses between them are those of the activity's own retries.
 */
final class OtherWorkers {
    /** How often an activity is scheduled before its failure stands. */
    static final int TIMES = 20;

    /** As many go out at once: the next worker is asked in a moment. Then those that are away have time to come back. */
    private static final int AT_ONCE = 3;

    private OtherWorkers() {}

    /** The activities of a system, which are called as those of {@link Workflow#newActivityStub}. */
    static <A> A stub(Class<A> system, ActivityOptions options) {
        A activities = Workflow.newActivityStub(system, options);
        return system.cast(Proxy.newProxyInstance(
                system.getClassLoader(),
                new Class<?>[] {system},
                (proxy, method, arguments) -> call(activities, method, arguments, options.getRetryOptions())));
    }

    private static Object call(Object activities, Method method, Object[] arguments, RetryOptions patience)
            throws Throwable {
        Duration pause = patience.getInitialInterval();
        for (int time = 1; ; time++) {
            if (time > AT_ONCE) {
                Workflow.sleep(pause);
                pause = Durations.shorter(pause.multipliedBy(2), patience.getMaximumInterval());
            }
            try {
                Object result = method.invoke(activities, arguments);
                if (time == TIMES || !(result instanceof Inspection<?> look && lacksSecret(look))) {
                    return result;
                }
            } catch (InvocationTargetException e) {
                Throwable failure = e.getTargetException();
                if (time == TIMES || !lacksSecret(failure)) {
                    throw failure;
                }
            }
        }
    }

    private static boolean lacksSecret(Inspection<?> look) {
        return look.findings().stream().anyMatch(finding -> finding.code().equals(FailureType.SECRET_NOT_HERE.code()));
    }

    private static boolean lacksSecret(Throwable failure) {
        return failure instanceof ActivityFailure
                && failure.getCause() instanceof ApplicationFailure cause
                && FailureType.SECRET_NOT_HERE.name().equals(cause.getType());
    }
}
