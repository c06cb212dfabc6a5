package dev.godwit.activities.secrets;

import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one file for each secret, named as the secret is. A file that others than its owner may read is
 * refused: a secret that has leaked once must be replaced, not used.
 */
public final class FileSecrets implements Secrets {
    private static final Logger LOG = LoggerFactory.getLogger(FileSecrets.class);

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Path folder;
    private final String worker;
    private final FailureType lacking;

    /**
     * @param worker who looks there, for people: several workers have several folders
     * @param others whether there may be other workers, one of which may have what this one lacks
     */
    public FileSecrets(Path folder, String worker, boolean others) {
        this.folder = folder;
        this.worker = worker;
        this.lacking = others ? FailureType.SECRET_NOT_HERE : FailureType.SECRET_UNAVAILABLE;
    }

    @Override
    public String get(SecretRef reference) {
        try {
            return read(reference);
        } catch (ApplicationFailure e) {
            if (lacking == FailureType.SECRET_NOT_HERE) {
                LOG.warn("Another worker is asked: {}", e.getOriginalMessage());
            }
            throw e;
        }
    }

    private String read(SecretRef reference) {
        Path file = folder.resolve(reference.name());
        try {
            if (!Files.isRegularFile(file)) {
                throw unavailable("Expected the secret '" + reference.name() + "' in the file " + file
                        + " of the worker " + worker
                        + ", but found none; put the value there, readable by its owner only (chmod 600)");
            }
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(OTHERS::contains)) {
                throw unavailable("Expected the file " + file + " of the worker " + worker
                        + " to be open to its owner only, but found the mode "
                        + PosixFilePermissions.toString(permissions) + "; replace the secret if others may have read"
                        + " it, then chmod 600");
            }
            String value = Files.readString(file);
            return value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
        } catch (IOException e) {
            throw lacking.because(
                    "Expected to read the secret '" + reference.name() + "' from " + file + " of the worker " + worker
                            + ", but found "
                            + e.getClass().getSimpleName() + "; let the worker's user own the file (chmod 600)",
                    e);
        }
    }

    @Override
    public ApplicationFailure unavailable(String message) {
        return lacking.because(message);
    }

    /**
     * What is wrong with the folder or with secrets in it, a sentence each, known before anybody asks for one.
     *
     * @param needed secrets that must be there
     */
    public List<String> complaints(List<SecretRef> needed) {
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(SecretRef::isName)
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            names = List.of();
        } catch (IOException e) {
            return List.of("Expected to read the folder " + folder + " of the worker " + worker + ", but found "
                    + e.getClass().getSimpleName() + "; let the worker's user own it (chmod 700)");
        }
        SortedSet<String> asked = new TreeSet<>(names);
        needed.forEach(secret -> asked.add(secret.name()));
        // Nobody needs a secret before a spec names one, unless the other workers have it.
        return asked.isEmpty() && lacking == FailureType.SECRET_NOT_HERE
                ? List.of("Expected secrets in the folder " + folder + " of the worker " + worker
                        + ", but found none; put there what the other workers have, readable by its owner only")
                : asked.stream().flatMap(this::complaint).toList();
    }

    private Stream<String> complaint(String name) {
        try {
            read(new SecretRef(name));
            return Stream.empty();
        } catch (ApplicationFailure e) {
            return Stream.of(e.getOriginalMessage());
        }
    }
}
