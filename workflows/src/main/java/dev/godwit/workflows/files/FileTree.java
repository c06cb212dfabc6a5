package dev.godwit.workflows.files;

import dev.godwit.workflows.notation.Key;
import dev.godwit.workflows.notation.Text;
import java.util.List;

/** A folder that moves with the service, to the same path. */
public record FileTree(
        @Key(value = "the folder's absolute path, the same on both servers", text = Text.FOLDER)
        String path,

        @Key(
                value = "rsync patterns, relative to the path, of what stays behind",
                text = Text.RSYNC_PATTERN,
                standard = "[]")
        List<String> exclude) {
    public FileTree {
        exclude = exclude == null ? List.of() : List.copyOf(exclude);
    }
}
