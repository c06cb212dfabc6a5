package dev.godwit.app.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders that nobody but the owner may look into. */
public final class OwnerOnly {
    private OwnerOnly() {}

    /** Creates a folder, and its parents, for the owner only. One that exists keeps its permissions. */
    public static void createFolder(Path folder) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
