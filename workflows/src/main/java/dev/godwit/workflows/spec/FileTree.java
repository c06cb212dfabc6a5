package dev.godwit.workflows.spec;

import java.util.List;

/**
 * A folder that moves with the service, to the same path.
 *
 * @param path absolute
 * @param exclude rsync filter patterns, relative to the path
 */
public record FileTree(String path, List<String> exclude) {
    public FileTree {
        exclude = exclude == null ? List.of() : List.copyOf(exclude);
    }
}
