package dev.godwit.workflows.notation;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says which folders may be moved. A copy deletes what the source does not have, and an undo removes it whole; so what
 * others than the service live on is refused: in a spec, and once more where a path leads to on a server.
 */
public final class ServiceFolder {
    /** Neither these, nor what is in them, nor what holds them. */
    private static final List<String> SYSTEM = List.of(
            "/bin",
            "/boot",
            "/dev",
            "/etc/NetworkManager",
            "/etc/apt",
            "/etc/cron.d",
            "/etc/init.d",
            "/etc/letsencrypt",
            "/etc/netplan",
            "/etc/network",
            "/etc/nginx",
            "/etc/pam.d",
            "/etc/postgresql",
            "/etc/security",
            "/etc/ssh",
            "/etc/ssl",
            "/etc/sudoers.d",
            "/etc/systemd",
            "/lib",
            "/lib32",
            "/lib64",
            "/libx32",
            "/proc",
            "/root/.ssh",
            "/run",
            "/sbin",
            "/sys",
            "/usr/bin",
            "/usr/include",
            "/usr/lib",
            "/usr/lib32",
            "/usr/lib64",
            "/usr/libexec",
            "/usr/sbin",
            "/usr/share",
            "/var/backups",
            "/var/cache/apt",
            "/var/lib/NetworkManager",
            "/var/lib/apt",
            "/var/lib/containerd",
            "/var/lib/docker",
            "/var/lib/dpkg",
            "/var/lib/godwit",
            "/var/lib/mysql",
            "/var/lib/pam",
            "/var/lib/postgresql",
            "/var/lib/systemd",
            "/var/lock",
            "/var/log/journal",
            "/var/run",
            "/var/spool/cron");

    /** Not these themselves; a folder in them is fine. */
    private static final Set<String> SHARED = Set.of(
            "/etc/default",
            "/home",
            "/media",
            "/mnt",
            "/opt",
            "/srv",
            "/tmp",
            "/usr/local",
            "/usr/local/bin",
            "/usr/local/etc",
            "/usr/local/lib",
            "/usr/local/sbin",
            "/usr/local/share",
            "/usr/local/src",
            "/usr/src",
            "/var/cache",
            "/var/log",
            "/var/mail",
            "/var/opt",
            "/var/spool",
            "/var/tmp");

    private static final String SSH = "/.ssh";

    private ServiceFolder() {}

    /** Why a folder must not be moved; empty if it may. */
    public static Optional<String> problem(String path) {
        if (!path.startsWith("/")) {
            return Optional.of("it is not absolute");
        }
        if (path.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("it has control characters");
        }
        if (path.equals("/")) {
            return Optional.of("it is the whole server");
        }
        if (!Text.isPath(path)) {
            return Optional.of("it has parts that are empty, '.', '..' or longer than 255 bytes");
        }
        if (SHARED.contains(path)
                || path.endsWith(SSH)
                || path.contains(SSH + "/")
                || SYSTEM.stream().anyMatch(system -> holds(system, path) || holds(path, system))) {
            return Optional.of("it belongs to the system");
        }
        return Optional.empty();
    }

    private static boolean holds(String folder, String path) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }
}
