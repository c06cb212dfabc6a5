package dev.godwit.activities.certificates;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says which paths may be moved as certificates. */
final class CertificatePath {
    /** Not these themselves: they hold more than one service's certificates. */
    private static final Set<String> SHARED =
            Set.of("/etc", "/etc/ssl", "/etc/ssl/certs", "/etc/pki", "/home", "/opt", "/root", "/srv", "/usr", "/var");

    /** Neither these nor what is in them. */
    private static final List<String> SYSTEM =
            List.of("/bin", "/boot", "/dev", "/etc/ssh", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp");

    private CertificatePath() {}

    /** Why a path must not be moved; empty if it may. */
    static Optional<String> problem(String path) {
        if (!path.startsWith("/") || path.equals("/")) {
            return Optional.of("it is not absolute");
        }
        if (path.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("it has control characters");
        }
        for (String part : path.substring(1).split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return Optional.of("it has empty parts, '.' or '..'");
            }
        }
        if (SHARED.contains(path)
                || SYSTEM.stream().anyMatch(system -> path.equals(system) || path.startsWith(system + "/"))) {
            return Optional.of("it belongs to the system");
        }
        return Optional.empty();
    }
}
