package dev.godwit.activities.certificates;

import dev.godwit.workflows.notation.ServiceFolder;
import dev.godwit.workflows.notation.Text;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says which paths may be moved as certificates: on the target what is there is replaced. */
final class CertificatePath {
    /** Folders of the system's in which certificates live. */
    private static final List<String> HOMES = List.of(
            "/etc/letsencrypt",
            "/etc/nginx",
            "/etc/pki",
            "/etc/ssl",
            "/usr/local/share/ca-certificates",
            "/usr/share/ca-certificates");

    /** Not these themselves: they hold more than one service's. */
    private static final Set<String> SHARED = Set.of(
            "/etc/nginx",
            "/etc/pki",
            "/etc/ssl",
            "/etc/ssl/certs",
            "/etc/ssl/private",
            "/usr/local/share/ca-certificates",
            "/usr/share/ca-certificates");

    /** Neither these nor what is in them: what nginx and OpenSSL themselves are made of. */
    private static final List<String> OF_PROGRAMS = List.of(
            "/etc/nginx/conf.d",
            "/etc/nginx/mime.types",
            "/etc/nginx/modules-available",
            "/etc/nginx/modules-enabled",
            "/etc/nginx/nginx.conf",
            "/etc/nginx/sites-available",
            "/etc/nginx/sites-enabled",
            "/etc/nginx/snippets",
            "/etc/ssl/openssl.cnf");

    /** Files that a server is made of, beside others in /etc that may be a service's. */
    private static final Set<String> OF_SYSTEM = Set.of(
            "/etc/crontab",
            "/etc/environment",
            "/etc/fstab",
            "/etc/group",
            "/etc/gshadow",
            "/etc/hostname",
            "/etc/hosts",
            "/etc/ld.so.conf",
            "/etc/ld.so.preload",
            "/etc/login.defs",
            "/etc/machine-id",
            "/etc/nsswitch.conf",
            "/etc/passwd",
            "/etc/profile",
            "/etc/resolv.conf",
            "/etc/shadow",
            "/etc/shells",
            "/etc/subgid",
            "/etc/subuid",
            "/etc/sudoers");

    private CertificatePath() {}

    /** Why a path must not be moved; empty if it may. */
    static Optional<String> problem(String path) {
        if (!Text.PATH.accepts(path)) {
            return Optional.of("it is not an absolute path without empty parts, '.', '..' and control characters");
        }
        if (SHARED.contains(path) || OF_SYSTEM.contains(path) || isIn(OF_PROGRAMS, path)) {
            return Optional.of("it belongs to the system");
        }
        return isIn(HOMES, path) ? Optional.empty() : ServiceFolder.problem(path);
    }

    private static boolean isIn(List<String> places, String path) {
        return places.stream().anyMatch(place -> path.equals(place) || path.startsWith(place + "/"));
    }

    /** Why what the named paths lead to, by folders and links, must not be moved; empty if all of it may. */
    static Optional<String> problem(List<Entry> entries) {
        return entries.stream()
                .filter(entry -> entry.kind() != Entry.Kind.ABOVE)
                .flatMap(entry -> problem(entry.path()).map(problem -> entry.path() + ": " + problem).stream())
                .findFirst();
    }
}
