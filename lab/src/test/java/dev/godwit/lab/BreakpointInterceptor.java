package dev.godwit.lab;

import dev.godwit.workflows.checks.Watched;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.Undo;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Lets an act, or an undo, wait at a breakpoint, so that a test can disturb it there. It is no part of Godwit: it takes part where
 * the lab is on the class path and the setting {@value Breakpoints#PROPERTY} is true. It is next to the act, so that
 * every other interceptor, the one that beats too, is at work while it waits.
 */
@Singleton
@Order(Ordered.HIGHEST_PRECEDENCE)
@Requires(property = Breakpoints.PROPERTY, value = "true")
final class BreakpointInterceptor extends WorkerInterceptorBase {
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final Breakpoints breakpoints;

    BreakpointInterceptor(@Value("${godwit.data}") Path data) {
        breakpoints = new Breakpoints(data);
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                Optional<String> act = actOf(input);
                return act.isEmpty() ? super.execute(input) : stopping(act.get(), () -> super.execute(input));
            }
        };
    }

    private static Optional<String> actOf(ActivityInboundCallsInterceptor.ActivityInput input) {
        return Arrays.stream(input.getArguments())
                .flatMap(argument -> switch (argument) {
                    case Act<?> act -> Stream.of(act.stepId());
                    case Undo<?> undo -> Stream.of(Breakpoint.undoOf(undo.stepId()));
                    // The soak is a wait: what acts in it are the questions to the service.
                    case Watched _ -> Stream.of("soak");
                    default -> Stream.empty();
                })
                .findFirst();
    }

    private ActivityInboundCallsInterceptor.ActivityOutput stopping(
            String name, Supplier<ActivityInboundCallsInterceptor.ActivityOutput> act) {
        Breakpoint before = new Breakpoint(name, Breakpoint.Moment.BEFORE);
        Breakpoint during = new Breakpoint(name, Breakpoint.Moment.DURING);
        Breakpoint after = new Breakpoint(name, Breakpoint.Moment.AFTER);
        if (breakpoints.isSet(before)) {
            breakpoints.reach(before);
            waitWhile(() -> breakpoints.isSet(before));
        }
        if (breakpoints.isSet(during)) {
            breakpoints.reach(during);
        }
        ActivityInboundCallsInterceptor.ActivityOutput output = act.get();
        // An act that is shorter than what disturbs it must not be reported before that, or the moment after it is
        // lost.
        if (breakpoints.isSet(during)) {
            breakpoints.end(during);
            waitWhile(() -> breakpoints.isSet(during));
        }
        if (breakpoints.isSet(after)) {
            breakpoints.reach(after);
            waitWhile(() -> breakpoints.isSet(after));
        }
        return output;
    }

    private static void waitWhile(BooleanSupplier set) {
        try {
            Await.until(LONGEST, LOOK, () -> !set.getAsBoolean());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
