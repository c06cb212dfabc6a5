package dev.godwit.activities.files;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A user or group that something in a folder belongs to. Owners are copied by number, because a name may be missing on
 * the target and a comparison of numbers cannot be fooled; so a number must mean the same on both servers.
 *
 * @param kind {@code user} or {@code group}
 * @param name empty if the number is nobody's on the source
 * @param numberThere what the name's number is on the target, or empty
 * @param nameThere whose the number is on the target, or empty
 */
record Owner(String kind, String number, String name, String numberThere, String nameThere) {
    /** Reads a line of {@link Scripts#ACCOUNTS}. */
    static Owner parse(String line) {
        String[] words = line.split("\t", -1);
        return new Owner(words[0], words[1], words[2], words[3], words[4]);
    }

    /** What would belong to somebody else on the target, in words. */
    Optional<String> conflict() {
        if (!numberThere.isEmpty()) {
            return numberThere.equals(number)
                    ? Optional.empty()
                    : Optional.of("the " + kind + " " + name + " is " + number + " on the source, " + numberThere
                            + " on the target");
        }
        return nameThere.isEmpty()
                ? Optional.empty()
                : Optional.of("the " + kind + " " + number + " is " + (name.isEmpty() ? "nobody" : name)
                        + " on the source, " + nameThere + " on the target");
    }

    /** Whether the target knows neither the name nor the number. */
    boolean missing() {
        return !name.isEmpty() && numberThere.isEmpty() && nameThere.isEmpty();
    }

    /** What gives the target's account the source's number. */
    Optional<String> renumbering() {
        return numberThere.isEmpty() || !nameThere.isEmpty()
                ? Optional.empty()
                : Optional.of((kind.equals("user") ? "usermod -u " : "groupmod -g ") + number + " " + name);
    }

    /** What makes those that are missing; groups first, so that users can be of them. */
    static List<String> makings(List<Owner> missing) {
        List<String> groups = missing.stream()
                .filter(owner -> owner.kind().equals("group"))
                .map(Owner::name)
                .toList();
        return Stream.concat(
                        missing.stream()
                                .filter(owner -> owner.kind().equals("group"))
                                .map(owner -> "groupadd -g " + owner.number() + " " + owner.name()),
                        missing.stream()
                                .filter(owner -> owner.kind().equals("user"))
                                .map(owner -> "useradd -M -u " + owner.number() + " "
                                        + (groups.contains(owner.name()) ? "-g " + owner.name() + " " : "")
                                        + owner.name()))
                .toList();
    }
}
