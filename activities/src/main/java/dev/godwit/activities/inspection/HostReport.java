package dev.godwit.activities.inspection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one server says of itself.
 *
 * @param clock how far its clock is ahead of Godwit's
 * @param clockError how wrong that may be: half of the time that the answer took
 * @param systemd systemd's version, 0 if something else is process 1
 * @param peer the greeting of the other server's sshd, empty if it was not reached
 * @param packages the names of what is installed; empty if no package manager that Godwit knows says
 * @param filters the chains that can drop what the other server sends to its sshd
 */
record HostReport(
        Duration clock,
        Duration clockError,
        int uid,
        String os,
        String release,
        String machine,
        int systemd,
        List<String> missingTools,
        Map<String, Unit> units,
        Map<String, User> users,
        Map<String, Volume> volumes,
        Map<Integer, String> ports,
        List<String> migrations,
        String peer,
        Set<String> packages,
        List<String> filters) {
    /**
     * A unit as systemctl describes it.
     *
     * @param load what systemd says of its file, or {@code retired} where Godwit keeps the unit from starting
     * @param file whether it starts at boot, as {@code systemctl is-enabled} says it; {@code sysv-disabled} for a script
     *     of {@code /etc/init.d} that does not
     * @param aliasOf the unit's own name if it was asked for by another one, else empty
     */
    record Unit(String load, String active, String file, List<String> triggeredBy, String aliasOf) {
        boolean exists() {
            return !load.equals("not-found");
        }

        /** Whether a restart of the server starts it. */
        boolean startsAtBoot() {
            return file.equals("enabled") || file.equals("enabled-runtime") || file.equals("generated");
        }

        boolean runs() {
            return active.equals("active") || active.equals("activating") || active.equals("reloading");
        }
    }

    /** A user of the system. */
    record User(boolean exists, boolean hasCrontab) {}

    /** A file system. */
    record Volume(long totalBytes, long freeBytes) {}

    /** Reads the lines that the script prints: a word for what it is, then values, apart by tabs. */
    static HostReport parse(List<String> lines, Duration clock, Duration clockError) {
        Map<String, String> single = new LinkedHashMap<>();
        List<String> missingTools = new ArrayList<>();
        Map<String, Unit> units = new LinkedHashMap<>();
        Map<String, User> users = new LinkedHashMap<>();
        Map<String, Volume> volumes = new TreeMap<>();
        Map<Integer, String> ports = new TreeMap<>();
        TreeSet<String> migrations = new TreeSet<>();
        TreeSet<String> packages = new TreeSet<>();
        List<String> filters = new ArrayList<>();
        for (String line : lines) {
            List<String> words = List.of(line.split("\t", -1));
            switch (words.getFirst()) {
                case "missing" -> missingTools.add(words.get(1));
                case "unit" ->
                    units.put(
                            words.get(1),
                            new Unit(
                                    words.get(2),
                                    words.get(3),
                                    words.get(4),
                                    words.get(5).isBlank()
                                            ? List.of()
                                            : List.of(words.get(5).strip().split(" +")),
                                    words.get(6)));
                case "user" ->
                    users.put(
                            words.get(1),
                            new User(words.get(2).equals("yes"), words.get(3).equals("yes")));
                case "volume" ->
                    volumes.put(
                            words.get(1),
                            new Volume(Long.parseLong(words.get(2)) << 10, Long.parseLong(words.get(3)) << 10));
                case "port" -> ports.merge(Integer.parseInt(words.get(1)), words.get(2), (first, _) -> first);
                case "package" -> packages.add(words.get(1));
                case "filter" -> filters.add(words.get(1));
                case "migration" -> migrations.add(words.get(1));
                default -> single.put(words.getFirst(), words.size() > 1 ? words.get(1) : "");
            }
        }
        return new HostReport(
                clock,
                clockError,
                Integer.parseInt(single.getOrDefault("uid", "-1")),
                single.getOrDefault("os", ""),
                single.getOrDefault("release", ""),
                single.getOrDefault("machine", ""),
                Integer.parseInt(single.getOrDefault("systemd", "0")),
                missingTools,
                units,
                users,
                volumes,
                ports,
                List.copyOf(migrations),
                single.getOrDefault("peer", ""),
                packages,
                List.copyOf(filters));
    }
}
