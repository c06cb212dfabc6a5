package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.Breakpoint.Moment;
import dev.godwit.workflows.link.LinkStep;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.MigrationContext;
import io.micronaut.context.ApplicationContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.Header;
import io.temporal.common.interceptors.WorkerInterceptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BreakpointInterceptorTest {
    private static final HostSpec HOST = new HostSpec(
            "old.example.org", "10.66.0.2", new SshLogin("root", new SecretRef("ops"), "SHA256:unknown", 22));
    private static final MigrationContext MIGRATION = new MigrationContext("id", "shop.example.org", HOST, HOST);

    private final ExecutorService worker = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger acts = new AtomicInteger();

    @TempDir
    private Path data;

    private Breakpoints breakpoints;

    @BeforeEach
    void breakpoints() {
        breakpoints = new Breakpoints(data);
    }

    @AfterEach
    void end() {
        breakpoints.clear();
        worker.close();
    }

    @Test
    void shouldStopBeforeInAndAfterTheActOfOneStep() throws Exception {
        Future<Object> step = stopAt(Moment.BEFORE);
        assertThat(acts).hasValue(0);

        Breakpoint during = new Breakpoint("link-hosts", Moment.DURING);
        breakpoints.set(during);
        awaitTrue(() -> breakpoints.hasEnded(during));
        assertThat(breakpoints.isReached(during)).isTrue();
        assertThat(acts).hasValue(1);

        breakpoints.set(new Breakpoint("link-hosts", Moment.AFTER));
        awaitTrue(() -> breakpoints.isReached(new Breakpoint("link-hosts", Moment.AFTER)));
        assertThat(step.isDone()).isFalse();

        breakpoints.clear();
        assertThat(step.get(10, TimeUnit.SECONDS)).isEqualTo("answered");
        assertThat(acts).hasValue(1);
    }

    @Test
    void shouldLetOtherStepsPass() throws Exception {
        breakpoints.set(new Breakpoint("clean-up", Moment.BEFORE));

        assertThat(execute().get(10, TimeUnit.SECONDS)).isEqualTo("answered");
    }

    @Test
    void shouldTakePartOnlyWhereASettingSaysSoAndNextToTheAct() {
        assertThat(interceptors(Map.of())).doesNotContain(BreakpointInterceptor.class);
        // The first one is the innermost.
        assertThat(interceptors(Map.of(Breakpoints.PROPERTY, "true", "godwit.data", data.toString())))
                .first()
                .isEqualTo(BreakpointInterceptor.class);
    }

    private static List<Class<?>> interceptors(Map<String, Object> settings) {
        try (ApplicationContext context = ApplicationContext.run(settings)) {
            return context.getBeansOfType(WorkerInterceptor.class).stream()
                    .<Class<?>>map(Object::getClass)
                    .toList();
        }
    }

    private Future<Object> stopAt(Moment moment) throws InterruptedException {
        Breakpoint breakpoint = new Breakpoint("link-hosts", moment);
        breakpoints.set(breakpoint);
        Future<Object> step = execute();
        awaitTrue(() -> breakpoints.isReached(breakpoint));
        return step;
    }

    private static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        assertThat(Await.until(Duration.ofSeconds(10), Duration.ofMillis(5), condition))
                .isTrue();
    }

    private Future<Object> execute() {
        ActivityInboundCallsInterceptor activity =
                new BreakpointInterceptor(data).interceptActivity(new Answering(acts));
        Act<LinkStep.LinkHosts> act = new Act<>(MIGRATION, "link-hosts", new LinkStep.LinkHosts(), BeforeImage.NOTHING);
        return worker.submit(() -> activity.execute(
                        new ActivityInboundCallsInterceptor.ActivityInput(Header.empty(), new Object[] {act}))
                .getResult());
    }

    private static final class Answering extends ActivityInboundCallsInterceptorBase {
        private final AtomicInteger acts;

        @SuppressWarnings("NullAway") // nothing follows: it answers by itself
        Answering(AtomicInteger acts) {
            super(null);
            this.acts = acts;
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            acts.incrementAndGet();
            return new ActivityOutput("answered");
        }
    }
}
