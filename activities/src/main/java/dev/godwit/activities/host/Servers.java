package dev.godwit.activities.host;

import dev.godwit.workflows.server.HostSpec;

/** The servers that Godwit can log in to. */
public interface Servers {
    /**
     * The server behind a spec. The connection is opened at first use, shared, kept alive, and opened again when it was
     * lost. The host key must be the pinned one.
     */
    Server open(HostSpec host);
}
