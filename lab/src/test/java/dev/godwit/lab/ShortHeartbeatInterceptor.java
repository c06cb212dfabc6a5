package dev.godwit.lab;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Shortens the time after which a worker that is silent counts as dead, so that a hundred kills fit into one test. It
 * is no part of Godwit: it takes part where the lab is on the class path and the setting {@value #PROPERTY} is there.
 */
@Singleton
@Requires(property = ShortHeartbeatInterceptor.PROPERTY)
final class ShortHeartbeatInterceptor extends WorkerInterceptorBase {
    /** The setting with the heartbeat time-out of every activity. */
    static final String PROPERTY = "lab.heartbeat-timeout";

    private final Duration timeout;

    ShortHeartbeatInterceptor(@Value("${" + PROPERTY + "}") Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public void init(WorkflowOutboundCallsInterceptor outbound) {
                super.init(new WorkflowOutboundCallsInterceptorBase(outbound) {
                    @Override
                    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
                        return super.executeActivity(shortened(input));
                    }
                });
            }
        };
    }

    private <R> WorkflowOutboundCallsInterceptor.ActivityInput<R> shortened(
            WorkflowOutboundCallsInterceptor.ActivityInput<R> input) {
        return new WorkflowOutboundCallsInterceptor.ActivityInput<>(
                input.getActivityName(),
                input.getResultClass(),
                input.getResultType(),
                input.getArgs(),
                ActivityOptions.newBuilder(input.getOptions())
                        .setHeartbeatTimeout(timeout)
                        .build(),
                input.getHeader());
    }
}
