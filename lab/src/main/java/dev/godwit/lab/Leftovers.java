package dev.godwit.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Nothing of Godwit stays on a server: no process, unit, file, key, role, mention or firewall rule. */
final class Leftovers {
    /** What finished migrations have replaced, on either server. */
    static final String ARCHIVE = "/var/lib/godwit/archive";

    private static final Set<String> LEFTOVER = Set.of("leftover");

    /** What Godwit may change for a while and must put back. */
    private static final Set<String> ACCESS = Set.of("ssh", "nft", "temporary");

    private Leftovers() {}

    /**
     * Compares with the record made before.
     *
     * @param kept files on the source that stay on purpose; of these, the archive also on the target
     */
    static Check check(Ground before, Ground after, Set<String> kept) {
        List<String> found = new ArrayList<>();
        after.source().only(LEFTOVER).facts().stream()
                .filter(fact -> !kept.contains(file(fact)))
                .forEach(fact -> found.add("old: " + fact));
        after.target().only(LEFTOVER).facts().stream()
                .filter(fact -> !(file(fact).equals(ARCHIVE) && kept.contains(ARCHIVE)))
                .forEach(fact -> found.add("new: " + fact));
        before.source()
                .only(ACCESS)
                .differences(after.source().only(ACCESS))
                .forEach(fact -> found.add("old: " + fact));
        before.target()
                .only(ACCESS)
                .differences(after.target().only(ACCESS))
                .forEach(fact -> found.add("new: " + fact));
        return new Check(
                "nothing is left of Godwit on either server",
                found.isEmpty(),
                found.isEmpty()
                        ? "no unit, file, process, role, session or mention; ssh, firewall and temporary files as before ("
                                + before.source().only(ACCESS).size() + " and "
                                + before.target().only(ACCESS).size() + " facts)"
                                + (kept.isEmpty() ? "" : "; kept on purpose: " + kept)
                        : Words.some(found));
    }

    private static String file(String fact) {
        return fact.substring(fact.lastIndexOf('\t') + 1);
    }
}
