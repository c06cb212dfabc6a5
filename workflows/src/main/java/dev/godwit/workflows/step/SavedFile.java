package dev.godwit.workflows.step;

import org.jspecify.annotations.Nullable;

/**
 * One file or folder.
 *
 * @param sha256 of a file that was saved; null for a folder or if it did not exist
 */
public record SavedFile(
        String path, boolean existed, @Nullable String sha256) {}
