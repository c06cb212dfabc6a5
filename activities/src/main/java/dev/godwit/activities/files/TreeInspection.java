package dev.godwit.activities.files;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.files.InspectTrees;
import dev.godwit.workflows.files.TreeFacts;
import dev.godwit.workflows.notation.ServiceFolder;
import dev.godwit.workflows.step.Findings;
import dev.godwit.workflows.step.Inspection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Looks at the folders of a spec on both servers and changes nothing. */
final class TreeInspection {
    /** How much room the target must have for each byte that arrives (the copy itself, and what the service writes before anybody looks). */
    private static final double ROOM = 2.5;

    private static final double INODE_ROOM = 1.1;

    /** How long all folders together are measured: well within what a look may take. */
    private static final Duration BUDGET = Duration.ofSeconds(60);

    private static final int SHOWN = 5;

    private final Servers servers;
    private final Duration budget;

    TreeInspection(Servers servers) {
        this(servers, BUDGET);
    }

    /**
     * An inspection with another budget.
     *
     * @param budget how long all folders together are measured
     */
    TreeInspection(Servers servers, Duration budget) {
        this.servers = servers;
        this.budget = budget;
    }

    /**
     * A line of {@code df} for the file system that a folder will be on.
     *
     * @param inodes all of them; 0 where the file system makes them as needed
     */
    private record Volume(long freeBytes, long inodes, long freeInodes, String mount) {
        static Volume parse(String line) {
            String[] words = line.strip().split("\\s+", 4);
            return new Volume(number(words[0]), number(words[1]), number(words[2]), words[3]);
        }

        private static long number(String word) {
            return word.equals("-") ? 0 : Long.parseLong(word);
        }
    }

    private record Arriving(Volume volume, long bytes, long files) {
        Arriving and(TreeSize size) {
            return new Arriving(volume, bytes + size.bytes(), files + size.files());
        }
    }

    Inspection<List<TreeFacts>> inspect(InspectTrees asked) {
        Findings findings = new Findings();
        List<TreeFacts> facts = new ArrayList<>();
        Map<String, Arriving> arriving = new LinkedHashMap<>();
        if (asked.trees().isEmpty()) {
            return Inspection.of(List.of());
        }
        Server source = servers.open(asked.source());
        Server target = servers.open(asked.target());
        long end = System.nanoTime() + budget.toNanos();
        for (int i = 0; i < asked.trees().size(); i++) {
            FileTree tree = asked.trees().get(i);
            String where = "/files/" + i;
            if (unfit(tree.path(), findings.at(where))) {
                continue;
            }
            boolean there = lookAtSource(source, tree, where, findings);
            Volume volume = lookAtTarget(target, tree, where, findings);
            if (there) {
                List<String> survey = survey(source, tree, Duration.ofNanos(end - System.nanoTime()));
                TreeSize found = TreeSize.parse(survey);
                if (survey.contains("cut")) {
                    notMeasured(tree, found, findings.at(where));
                }
                owners(target, tree, survey, where, findings);
                facts.add(new TreeFacts(tree.path(), found.bytes(), found.files()));
                arriving.put(
                        volume.mount(),
                        arriving.getOrDefault(volume.mount(), new Arriving(volume, 0, 0))
                                .and(found));
            }
        }
        overlaps(asked, findings);
        arriving.values().forEach(sum -> checkRoom(sum, findings));
        return findings.with(facts);
    }

    private static boolean unfit(String path, Findings.Place place) {
        Optional<String> problem = ServiceFolder.problem(path);
        problem.ifPresent(why -> place.blocker(
                "tree-path",
                "Expected a folder of the service's own, but found " + path + ": " + why,
                "name a folder that belongs to the service alone, absolute and without '.' or '..'"));
        return problem.isPresent();
    }

    private static boolean lookAtSource(Server source, FileTree tree, String where, Findings findings) {
        List<String> found = source.output(Script.of(Scripts.SOURCE_FOLDER, tree.path()))
                .lines()
                .toList();
        switch (found.getFirst()) {
            case "tool" ->
                findings.at("source")
                        .blocker("tool-missing", "Expected rsync on the source, but found none", "install rsync there");
            case "missing" ->
                findings.at(where)
                        .blocker(
                                "tree-missing",
                                "Expected the folder " + tree.path() + " on the source, but found none",
                                "correct the path, or remove it from the spec");
            default -> {
                String real = found.getLast();
                if (!unfit(real, findings.at(where)) && !real.equals(tree.path())) {
                    findings.at(where)
                            .note(
                                    "tree-link",
                                    tree.path() + " leads to " + real
                                            + " on the source; its content becomes the folder " + tree.path()
                                            + " on the target",
                                    "name " + real + " in the spec if the target should have the same link");
                }
                return true;
            }
        }
        return false;
    }

    private static List<String> survey(Server source, FileTree tree, Duration time) {
        // timeout(1) takes 0 for ever.
        String seconds = String.format(Locale.ROOT, "%.3f", Math.max(1, time.toMillis()) / 1000.0);
        return source.output(Script.of(Scripts.SURVEY, tree.path(), seconds, Scripts.SURVEY_SUM)
                        .withInput(Rules.text(tree)))
                .lines()
                .toList();
    }

    private void notMeasured(FileTree tree, TreeSize found, Findings.Place place) {
        place.warning(
                "tree-size",
                tree.path() + " was not measured in full: the " + budget.toSeconds()
                        + " s for all folders sufficed for " + found.files() + " entries and " + found.bytes()
                        + " bytes of it",
                "see yourself that the target has 2.5 times the room, and that its owners are the same there; the plan's"
                        + " estimates are too low");
    }

    private static void owners(Server target, FileTree tree, List<String> survey, String where, Findings findings) {
        List<String> found = survey.stream()
                .filter(line -> line.startsWith("user ") || line.startsWith("group "))
                .toList();
        if (found.isEmpty()) {
            return;
        }
        List<Owner> owners = target.output(Script.of(Scripts.ACCOUNTS).withInput(String.join("\n", found) + "\n"))
                .lines()
                .map(Owner::parse)
                .toList();
        List<String> conflicts =
                owners.stream().map(Owner::conflict).flatMap(Optional::stream).toList();
        if (!conflicts.isEmpty()) {
            List<String> commands = owners.stream()
                    .map(Owner::renumbering)
                    .flatMap(Optional::stream)
                    .toList();
            findings.at(where)
                    .blocker(
                            "tree-owner",
                            "Expected the owners in " + tree.path()
                                    + " to have the same numbers on both servers, because they are"
                                    + " copied by number, but found: " + shown(conflicts),
                            "change one side's numbers before anything is copied, and the owner of its files with them"
                                    + (commands.isEmpty() ? "" : "; on the target: " + shown(commands)));
        }
        List<Owner> missing = owners.stream().filter(Owner::missing).toList();
        if (!missing.isEmpty()) {
            findings.at(where)
                    .warning(
                            "tree-owner",
                            "Expected the owners in " + tree.path()
                                    + " on the target, but found none of the name or number: "
                                    + shown(missing.stream()
                                            .map(owner ->
                                                    owner.kind() + " " + owner.name() + " (" + owner.number() + ")")
                                            .toList()),
                            "if the service needs them, make them with the same numbers before anything else takes these: "
                                    + shown(Owner.makings(missing)));
        }
    }

    private static String shown(List<String> words) {
        return String.join("; ", words.subList(0, Math.min(SHOWN, words.size())))
                + (words.size() <= SHOWN ? "" : "; and " + (words.size() - SHOWN) + " more");
    }

    private static Volume lookAtTarget(Server target, FileTree tree, String where, Findings findings) {
        List<String> found =
                target.output(Script.of(Scripts.ROOM, tree.path())).lines().toList();
        if (found.getFirst().equals("full")) {
            findings.at(where)
                    .blocker(
                            "tree-not-empty",
                            "Expected " + tree.path() + " to be missing or empty on the target, but found content",
                            "move it away; the copy would delete it");
        }
        return Volume.parse(found.get(1));
    }

    private static void overlaps(InspectTrees asked, Findings findings) {
        for (int i = 0; i < asked.trees().size(); i++) {
            for (int j = 0; j < asked.trees().size(); j++) {
                String outer = asked.trees().get(i).path();
                String inner = asked.trees().get(j).path();
                if (i != j && (inner.startsWith(outer + "/") || (i < j && inner.equals(outer)))) {
                    findings.at("/files/" + j)
                            .blocker(
                                    "tree-overlap",
                                    "Expected folders apart from each other, but found " + inner + " within " + outer,
                                    "name only the outer folder");
                }
            }
        }
    }

    private static void checkRoom(Arriving sum, Findings findings) {
        Volume volume = sum.volume();
        if (sum.bytes() * ROOM > volume.freeBytes()) {
            findings.at("target")
                    .blocker(
                            "disk-space",
                            "Expected room for 2.5 times the " + sum.bytes() + " bytes that arrive on " + volume.mount()
                                    + ", but found " + volume.freeBytes() + " bytes free",
                            "make room on the target, or give it a larger disk");
        }
        if (volume.inodes() > 0 && sum.files() * INODE_ROOM > volume.freeInodes()) {
            findings.at("target")
                    .blocker(
                            "disk-inodes",
                            "Expected room for the " + sum.files() + " entries that arrive on " + volume.mount()
                                    + ", but found " + volume.freeInodes() + " inodes free",
                            "give the target a file system with more inodes");
        }
    }
}
