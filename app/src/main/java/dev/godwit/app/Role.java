package dev.godwit.app;

import java.nio.file.Path;
import java.util.Locale;

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

    /** The role's own file of a kind in a data folder, which several roles may share: {@code godwit-api.log}. */
    Path file(Path data, String kind) {
        return data.resolve("godwit" + (this == ALL ? "" : "-" + name().toLowerCase(Locale.ROOT)) + "." + kind);
    }
}
