package dev.godwit.workflows.files;

import dev.godwit.workflows.server.HostSpec;
import java.util.List;

/** Asks for a read-only look at the folders on both servers. */
public record InspectTrees(HostSpec source, HostSpec target, List<FileTree> trees) {
    public InspectTrees {
        trees = List.copyOf(trees);
    }
}
