package dev.godwit.workflows.step;

import java.util.List;

/** Files and folders, each saved in the server's state folder if it existed. */
public record SavedFiles(List<SavedFile> files) implements BeforeImage {
    public SavedFiles {
        files = List.copyOf(files);
    }
}
