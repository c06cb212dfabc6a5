package dev.godwit.worker;

import dev.godwit.workflows.step.Outcome;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/** A workflow with one activity, to see the worker at work. */
@WorkflowInterface
public interface Greeting {
    @WorkflowMethod
    Outcome greet();

    /** Its activity. */
    @ActivityInterface
    interface Greeter {
        Outcome hello();
    }

    /** Its implementation. */
    final class Implementation implements Greeting {
        private final Greeter greeter = Workflow.newActivityStub(
                Greeter.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofSeconds(10))
                        .build());

        @Override
        public Outcome greet() {
            return greeter.hello();
        }
    }
}
