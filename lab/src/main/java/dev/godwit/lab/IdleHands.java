package dev.godwit.lab;

import dev.godwit.workflows.certificates.InspectCertificates;
import dev.godwit.workflows.checks.InspectChecks;
import dev.godwit.workflows.checks.Sighting;
import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.database.InspectDatabases;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.database.LossQuestion;
import dev.godwit.workflows.dns.InspectDns;
import dev.godwit.workflows.files.InspectTrees;
import dev.godwit.workflows.inspection.InspectServers;
import dev.godwit.workflows.link.Reach;
import dev.godwit.workflows.proxy.InspectProxy;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/**
 * Lets every activity do nothing and say that all is well, to measure what Godwit itself takes. It is no part of
 * Godwit: it takes part where the lab is on the class path and the setting {@value #PROPERTY} says how long each
 * activity pretends to be at work.
 */
@Singleton
@Requires(property = IdleHands.PROPERTY)
public final class IdleHands extends WorkerInterceptorBase {
    /** The setting with the time that each activity takes, such as {@code 0s}. */
    public static final String PROPERTY = "lab.idle-hands";

    private final Duration each;

    IdleHands(@Value("${" + PROPERTY + "}") Duration each) {
        this.each = each;
    }

    /** Does nothing. The archive of this class can be a JVM's agent, which puts it on the class path of {@code up}. */
    @SuppressWarnings("unused") // the JVM calls it
    public static void premain(String arguments) {}

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                pretend();
                return new ActivityOutput(answer(input.getArguments()[0]));
            }
        };
    }

    private void pretend() {
        if (!each.isZero()) {
            try {
                Thread.sleep(each);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ApplicationFailure.newFailure("the worker is being stopped", "LAB");
            }
        }
    }

    private static Object answer(Object request) {
        return switch (request) {
            case InspectServers _,
                    InspectTrees _,
                    InspectDatabases _,
                    InspectProxy _,
                    InspectCertificates _,
                    InspectDns _,
                    InspectChecks _ -> Inspection.of(List.of());
            case Watched _ -> new Sighting(null);
            case Reach _ -> Outcome.of("it is there");
            case Look<?> ignored -> BeforeImage.NOTHING;
            case LossQuestion ignored -> new Loss(0, "");
            case Act<?> ignored -> Outcome.of("nothing was done");
            case Undo<?> ignored -> Outcome.of("nothing was undone");
            default ->
                throw ApplicationFailure.newNonRetryableFailure(
                        "Expected an activity that is known here, but found " + request.getClass(), "LAB");
        };
    }
}
