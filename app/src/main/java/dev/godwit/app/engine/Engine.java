package dev.godwit.app.engine;

import io.temporal.serviceclient.WorkflowServiceStubs;

/** A running Temporal service. It keeps every migration's state; Godwit itself keeps none. */
public interface Engine extends AutoCloseable {
    /** The connection to it, shared by all who use it. */
    WorkflowServiceStubs stubs();

    /** What it is and where, in a few words for people. */
    String describe();

    /** Ends the connection and, if the engine is ours, the engine. */
    @Override
    void close();
}
