package dev.godwit.worker;

import dev.godwit.workflows.step.TaskQueue;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.stream.IntStream;

/** More looks at once than the worker has places for, and a step. */
@WorkflowInterface
public interface Burst {
    int LOOKS = 6;

    /** How many looks went on at the same time, at most. */
    @WorkflowMethod
    int burst();

    /** Its activities. */
    @ActivityInterface
    interface Work {
        void look();

        /** Lets the looks end. */
        int step();
    }

    /** Its implementation. */
    final class Implementation implements Burst {
        private final Work looks = stub(TaskQueue.PREFLIGHT);
        private final Work steps = stub(TaskQueue.NAME);

        @Override
        public int burst() {
            var begun = IntStream.range(0, LOOKS)
                    .mapToObj(_ -> Async.procedure(looks::look))
                    .toList();
            int most = steps.step();
            Promise.allOf(begun).get();
            return most;
        }

        private static Work stub(String queue) {
            return Workflow.newActivityStub(
                    Work.class,
                    ActivityOptions.newBuilder()
                            .setTaskQueue(queue)
                            .setScheduleToCloseTimeout(Duration.ofMinutes(1))
                            .build());
        }
    }
}
