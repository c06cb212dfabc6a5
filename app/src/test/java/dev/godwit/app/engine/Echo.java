package dev.godwit.app.engine;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The smallest workflow. */
@WorkflowInterface
public interface Echo {
    @WorkflowMethod
    String echo(String word);

    /** Its implementation. */
    final class Implementation implements Echo {
        @Override
        public String echo(String word) {
            return word;
        }
    }
}
