package dev.godwit.activities.files;

import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Facts.TreeFacts;
import dev.godwit.workflows.plan.Finding;
import dev.godwit.workflows.spec.FileTree;
import dev.godwit.workflows.spec.Spec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at the folders of a spec on both servers and changes nothing. */
final class TreeInspection {
    /** How much room the target must have for each byte that arrives (seed 000 filled its disk). */
    private static final double ROOM = 2.5;

    private static final double INODE_ROOM = 1.1;

    private final Servers servers;

    TreeInspection(Servers servers) {
        this.servers = servers;
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

    Inspection inspect(Spec spec) {
        List<Finding> findings = new ArrayList<>();
        List<TreeFacts> facts = new ArrayList<>();
        Map<String, Arriving> arriving = new LinkedHashMap<>();
        if (spec.files().isEmpty()) {
            return Inspection.NOTHING;
        }
        Server source = servers.open(spec.source());
        Server target = servers.open(spec.target());
        for (int i = 0; i < spec.files().size(); i++) {
            FileTree tree = spec.files().get(i);
            String where = "/files/" + i;
            Optional<Finding> unfit = unfit(tree.path(), where);
            if (unfit.isPresent()) {
                findings.add(unfit.get());
                continue;
            }
            Optional<TreeSize> size = lookAtSource(source, tree, where, findings);
            Volume volume = lookAtTarget(target, tree, where, findings);
            size.ifPresent(found -> {
                facts.add(new TreeFacts(tree.path(), found.bytes(), found.files()));
                arriving.put(
                        volume.mount(),
                        arriving.getOrDefault(volume.mount(), new Arriving(volume, 0, 0))
                                .and(found));
            });
        }
        overlaps(spec, findings);
        arriving.values().forEach(sum -> checkRoom(sum, findings));
        return new Inspection(findings, new Facts(List.of(), facts, null, null));
    }

    private static Optional<Finding> unfit(String path, String where) {
        return TreePath.problem(path)
                .map(problem -> Finding.blocker(
                        "tree-path",
                        where,
                        "Expected a folder of the service's own, but found " + path + ": " + problem,
                        "Name a folder that belongs to the service alone, absolute and without '.' or '..'."));
    }

    private static Optional<TreeSize> lookAtSource(Server source, FileTree tree, String where, List<Finding> findings) {
        List<String> found = source.output(Script.of(Scripts.SOURCE_FOLDER, tree.path()))
                .lines()
                .toList();
        switch (found.getFirst()) {
            case "tool" ->
                findings.add(Finding.blocker(
                        "tool-missing",
                        "source",
                        "Expected rsync on the source, but found none",
                        "Install rsync there."));
            case "missing" ->
                findings.add(Finding.blocker(
                        "tree-missing",
                        where,
                        "Expected the folder " + tree.path() + " on the source, but found none",
                        "Correct the path, or remove it from the spec."));
            default -> {
                String real = found.getLast();
                Optional<Finding> unfit = unfit(real, where);
                unfit.ifPresent(findings::add);
                if (unfit.isEmpty() && !real.equals(tree.path())) {
                    findings.add(Finding.note(
                            "tree-link",
                            where,
                            tree.path() + " leads to " + real + " on the source; its content becomes the folder "
                                    + tree.path() + " on the target",
                            "Name " + real + " in the spec if the target should have the same link."));
                }
                return Optional.of(TreeSize.parse(source.output(
                        Script.of(Scripts.MEASURE_NOW, tree.path()).withInput(Rules.text(tree)))));
            }
        }
        return Optional.empty();
    }

    private static Volume lookAtTarget(Server target, FileTree tree, String where, List<Finding> findings) {
        List<String> found =
                target.output(Script.of(Scripts.ROOM, tree.path())).lines().toList();
        if (found.getFirst().equals("full")) {
            findings.add(Finding.blocker(
                    "tree-not-empty",
                    where,
                    "Expected " + tree.path() + " to be missing or empty on the target, but found content",
                    "Move it away; the copy would delete it."));
        }
        return Volume.parse(found.get(1));
    }

    private static void overlaps(Spec spec, List<Finding> findings) {
        for (int i = 0; i < spec.files().size(); i++) {
            for (int j = 0; j < spec.files().size(); j++) {
                String outer = spec.files().get(i).path();
                String inner = spec.files().get(j).path();
                if (i != j && (inner.startsWith(outer + "/") || (i < j && inner.equals(outer)))) {
                    findings.add(Finding.blocker(
                            "tree-overlap",
                            "/files/" + j,
                            "Expected folders apart from each other, but found " + inner + " within " + outer,
                            "Name only the outer folder."));
                }
            }
        }
    }

    private static void checkRoom(Arriving sum, List<Finding> findings) {
        Volume volume = sum.volume();
        if (sum.bytes() * ROOM > volume.freeBytes()) {
            findings.add(Finding.blocker(
                    "disk-space",
                    "target",
                    "Expected room for 2.5 times the " + sum.bytes() + " bytes that arrive on " + volume.mount()
                            + ", but found " + volume.freeBytes() + " bytes free",
                    "Make room on the target, or give it a larger disk."));
        }
        if (volume.inodes() > 0 && sum.files() * INODE_ROOM > volume.freeInodes()) {
            findings.add(Finding.blocker(
                    "disk-inodes",
                    "target",
                    "Expected room for the " + sum.files() + " entries that arrive on " + volume.mount()
                            + ", but found " + volume.freeInodes() + " inodes free",
                    "Give the target a file system with more inodes."));
        }
    }
}
