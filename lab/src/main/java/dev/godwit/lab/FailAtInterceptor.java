package dev.godwit.lab;

import dev.godwit.workflows.step.Act;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import jakarta.inject.Singleton;
import java.util.Arrays;

/**
 * Makes one step's act fail for good, to show what follows. It is no part of Godwit: it takes part where the lab is on
 * the class path and the setting {@value #PROPERTY} names a step.
 */
@Singleton
@Requires(property = FailAtInterceptor.PROPERTY)
final class FailAtInterceptor extends WorkerInterceptorBase {
    /** The setting with the id of the step. */
    static final String PROPERTY = "lab.fail-at";

    /** The words in which it fails. */
    static final String MESSAGE = "made to fail by the lab";

    private final String step;

    FailAtInterceptor(@Value("${" + PROPERTY + "}") String step) {
        this.step = step;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                if (Arrays.stream(input.getArguments())
                        .anyMatch(argument ->
                                argument instanceof Act<?> act && act.stepId().equals(step))) {
                    throw ApplicationFailure.newNonRetryableFailure(MESSAGE + ": the act of " + step, "LAB");
                }
                return super.execute(input);
            }
        };
    }
}
