package dev.godwit.worker;

import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Outcome;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import jakarta.inject.Singleton;

/** Writes into each {@link Outcome} and each failure which attempt it was: activities need not know, the workflow cannot. */
@Singleton
final class AttemptInterceptor extends WorkerInterceptorBase {
    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            private int attempt;

            @Override
            public void init(ActivityExecutionContext context) {
                attempt = context.getInfo().getAttempt();
                super.init(context);
            }

            @Override
            public ActivityOutput execute(ActivityInput input) {
                try {
                    ActivityOutput output = super.execute(input);
                    return output.getResult() instanceof Outcome outcome
                            ? new ActivityOutput(outcome.withAttempt(attempt))
                            : output;
                } catch (ApplicationFailure failure) {
                    throw FailureType.inAttempt(failure, attempt);
                }
            }
        };
    }
}
