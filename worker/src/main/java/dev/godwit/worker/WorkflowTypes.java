package dev.godwit.worker;

import java.util.List;

/** The workflow implementations that the worker runs. */
record WorkflowTypes(List<Class<?>> implementations) {
    WorkflowTypes {
        implementations = List.copyOf(implementations);
    }
}
