package dev.godwit.workflows.step;

import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;

/**
 * Which migration an activity works for, and on which servers.
 *
 * @param id the migration's id; it keys jobs, state folders and temporary names on the servers
 */
public record MigrationContext(String id, String service, HostSpec source, HostSpec target) {
    /** The server on one side. */
    public HostSpec host(Side side) {
        return side == Side.SOURCE ? source : target;
    }
}
