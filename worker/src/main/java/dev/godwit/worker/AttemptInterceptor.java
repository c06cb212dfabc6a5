package dev.godwit.worker;

import dev.godwit.workflows.activity.Outcome;
import io.temporal.activity.Activity;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import jakarta.inject.Singleton;

/** Writes into each {@link Outcome} which attempt it was: activities need not know, the workflow cannot. */
@Singleton
final class AttemptInterceptor extends WorkerInterceptorBase {
    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                ActivityOutput output = super.execute(input);
                if (output.getResult() instanceof Outcome outcome) {
                    int attempt = Activity.getExecutionContext().getInfo().getAttempt();
                    return new ActivityOutput(outcome.withAttempt(attempt));
                }
                return output;
            }
        };
    }
}
