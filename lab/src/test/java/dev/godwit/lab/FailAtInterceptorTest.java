package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.workflows.link.LinkStep;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Undo;
import io.micronaut.context.ApplicationContext;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.Header;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.failure.ApplicationFailure;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FailAtInterceptorTest {
    private static final HostSpec HOST = new HostSpec(
            "old.example.org", "10.66.0.2", new SshLogin("root", new SecretRef("ops"), "SHA256:unknown", 22));
    private static final MigrationContext MIGRATION = new MigrationContext("id", "shop.example.org", HOST, HOST);

    private final ActivityInboundCallsInterceptor activity =
            new FailAtInterceptor("link-hosts").interceptActivity(new Answering());

    @Test
    void shouldFailTheActOfItsStepForGood() {
        assertThatThrownBy(() -> execute(act("link-hosts")))
                .isInstanceOfSatisfying(
                        ApplicationFailure.class,
                        failure -> assertThat(failure.isNonRetryable()).isTrue());
    }

    @Test
    void shouldLetOtherStepsAndTheUndoOfItsOwnPass() {
        assertThat(execute(act("clean-up"))).isEqualTo("answered");
        assertThat(execute(new Undo<>(MIGRATION, "link-hosts", new LinkStep.LinkHosts(), BeforeImage.NOTHING)))
                .isEqualTo("answered");
    }

    @Test
    void shouldTakePartOnlyWhereAStepIsNamed() {
        assertThat(interceptors(Map.of())).isZero();
        assertThat(interceptors(Map.of(FailAtInterceptor.PROPERTY, "link-hosts")))
                .isEqualTo(1);
    }

    private static long interceptors(Map<String, Object> settings) {
        try (ApplicationContext context = ApplicationContext.run(settings)) {
            return context.getBeanDefinitions(WorkerInterceptor.class).stream()
                    .filter(each -> each.getBeanType().equals(FailAtInterceptor.class))
                    .count();
        }
    }

    private Object execute(Object argument) {
        return activity.execute(
                        new ActivityInboundCallsInterceptor.ActivityInput(Header.empty(), new Object[] {argument}))
                .getResult();
    }

    private static Act<LinkStep.LinkHosts> act(String id) {
        return new Act<>(MIGRATION, id, new LinkStep.LinkHosts(), BeforeImage.NOTHING);
    }

    private static final class Answering extends ActivityInboundCallsInterceptorBase {
        @SuppressWarnings("NullAway") // nothing follows: it answers by itself
        Answering() {
            super(null);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            return new ActivityOutput("answered");
        }
    }
}
