package dev.godwit.activities.secrets;

import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.step.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * A folder with one file for each secret, named as the secret is. A file that others than its owner may read is
 * refused: a secret that has leaked once must be replaced, not used.
 */
public final class FileSecrets implements Secrets {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Path folder;
    private final String worker;

    /** @param worker who looks there, for people: several workers have several folders */
    public FileSecrets(Path folder, String worker) {
        this.folder = folder;
        this.worker = worker;
    }

    @Override
    public String get(SecretRef reference) {
        Path file = folder.resolve(reference.name());
        try {
            if (!Files.isRegularFile(file)) {
                throw FailureType.SECRET_UNAVAILABLE.because("Expected the secret '" + reference.name()
                        + "' in the file " + file + " of the worker " + worker
                        + ", but found none; put the value there, readable by its owner only (chmod 600)");
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(OTHERS::contains)) {
                throw FailureType.SECRET_UNAVAILABLE.because("Expected the file " + file + " of the worker " + worker
                        + " to be open to its owner only, but found the mode "
                        + PosixFilePermissions.toString(permissions) + "; replace the secret if others may have read"
                        + " it, then chmod 600");
            }
            String value = Files.readString(file);
            return value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
        } catch (IOException e) {
            throw FailureType.SECRET_UNAVAILABLE.because(
                    "Expected to read the secret '" + reference.name() + "' from " + file + " of the worker " + worker
                            + ", but found "
                            + e.getClass().getSimpleName() + "; let the worker's user own the file (chmod 600)",
                    e);
        }
    }
}
