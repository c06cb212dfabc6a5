package dev.godwit.app;

/** What a process does. */
public enum Role {
    /** API and worker, with an engine of its own unless a cluster is configured. */
    ALL,
    /** The REST API. */
    API,
    /** The worker. */
    WORKER;

    boolean servesApi() {
        return this != WORKER;
    }

    boolean works() {
        return this != API;
    }
}
