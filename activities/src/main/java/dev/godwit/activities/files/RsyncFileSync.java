package dev.godwit.activities.files;

import dev.godwit.activities.files.Manifests.Mode;
import dev.godwit.activities.files.Manifests.Pair;
import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.LiveTarget;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.link.Link;
import dev.godwit.activities.link.LinkProof;
import dev.godwit.workflows.files.FileStep.CopyFiles;
import dev.godwit.workflows.files.FileStep.VerifyFiles;
import dev.godwit.workflows.files.FileSync;
import dev.godwit.workflows.files.InspectTrees;
import dev.godwit.workflows.files.TreeFacts;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.workflows.step.Undo;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Folders by rsync: the target fetches through the link, as a supervised job. */
public final class RsyncFileSync implements FileSync {
    private static final Duration LONG = Duration.ofDays(7);
    private static final String MEASURE = "measure";
    private static final String VERIFY = "verify";
    private static final String NUL = "\0";

    private final Servers servers;
    private final Jobs jobs;
    private final Manifests manifests;

    public RsyncFileSync(Servers servers, Jobs jobs) {
        this.servers = servers;
        this.jobs = jobs;
        manifests = new Manifests(jobs);
    }

    @Override
    public Inspection<List<TreeFacts>> inspectTrees(InspectTrees request) {
        return new TreeInspection(servers).inspect(request);
    }

    @Override
    public BeforeImage lookAtCopy(Look<CopyFiles> request) {
        if (request.step().pass() != Pass.FIRST) {
            LinkProof.require(
                    request.migration(), servers.open(request.migration().target()));
            return BeforeImage.NOTHING;
        }
        SyncedTree tree = SyncedTree.movable(request.migration(), request.step().tree());
        Server target = servers.open(request.migration().target());
        List<String> found = List.of(
                target.output(Script.of(Scripts.LOOK, tree.path(), tree.work())).split(NUL));
        if (found.getFirst().equals("full")) {
            throw foreignContent(tree);
        }
        List<SavedFile> files = new ArrayList<>();
        files.add(new SavedFile(tree.path(), found.getFirst().equals("empty"), null));
        found.stream().skip(1).forEach(parent -> files.add(new SavedFile(parent, false, null)));
        return new SavedFiles(files);
    }

    @Override
    public Outcome copyFiles(Act<CopyFiles> request) {
        MigrationContext migration = request.migration();
        CopyFiles step = request.step();
        SyncedTree tree = SyncedTree.movable(migration, step.tree());
        Beat beat = new Beat("copying " + tree.path());
        Server source = servers.open(migration.source());
        Server target = servers.open(migration.target());
        LiveTarget.refuse(source, migration.id(), "copy " + tree.path());

        String sourceLetters = sourceFolder(tree, source);
        Link.allowPath(source, migration.id(), tree.path());
        String targetLetters = prepareTarget(tree, request.before(), source, target);
        long total = step.pass() == Pass.FIRST ? measure(tree, source, beat) : 0;

        Map<String, byte[]> files = new HashMap<>(tree.rules());
        files.put("progress.pl", Scripts.PROGRESS.getBytes(StandardCharsets.UTF_8));
        RsyncProgress progress = new RsyncProgress();
        String output = jobs.run(
                target,
                tree.job(word(step.pass())),
                new Job(
                        Scripts.COPY,
                        List.of(
                                tree.path(),
                                Link.rsyncShell(migration.id(), migration.source()),
                                Link.rsyncSource(tree.path()),
                                both(sourceLetters, targetLetters),
                                step.pass() == Pass.FINAL ? "still" : "live"),
                        files,
                        LONG),
                line -> {
                    if (progress.read(line)) {
                        beat.tell("copying " + tree.path(), progress.bytes(), total);
                    } else {
                        beat.alive();
                    }
                });
        // An attempt that finds the job done has heard none of its lines.
        output.lines().forEach(progress::read);
        if (step.pass() == Pass.FINAL) {
            return Outcome.of(tree.path() + " is up to date on the target: " + progress.bytes() + " bytes came");
        }
        // The comparison in the outage then only hashes what changed after this.
        Pair made = manifests.make(tree, tree.job(hashes(step.pass())), Mode.PRIME, source, target, beat);
        return Outcome.of(tree.path() + " is on the target: " + made.target().entries() + " entries, "
                + made.target().bytes() + " bytes, of which " + progress.bytes() + " came in this pass");
    }

    @Override
    public Outcome removeCopy(Undo<CopyFiles> request) {
        MigrationContext migration = request.migration();
        if (request.step().pass() != Pass.FIRST) {
            return Outcome.of("there is nothing to take back after a later pass");
        }
        SyncedTree tree = new SyncedTree(migration, request.step().tree());
        Beat beat = new Beat("removing " + tree.path() + " from the target");
        Server source = servers.open(migration.source());
        Server target = servers.open(migration.target());
        LiveTarget.refuse(source, migration.id(), "remove the copy of " + tree.path());

        // Also what a later pass left running: it would fill the folder again.
        jobs.remove(source, tree.job(MEASURE));
        for (Pass pass : Pass.values()) {
            jobs.remove(target, tree.job(word(pass)));
            forget(tree.job(hashes(pass)), source, target);
        }
        forget(tree.job(VERIFY), source, target);
        JobKey removal = tree.job("undo");
        String found = jobs.run(
                target,
                removal,
                new Job(Scripts.REMOVE, List.of(tree.path(), tree.work()), Map.of(), LONG),
                line -> beat.alive());
        source.output(Script.of(Scripts.FORGET, tree.work()));
        target.output(Script.of(Scripts.FORGET, tree.work()));
        jobs.remove(target, removal);
        return Outcome.of(
                found.contains("removed")
                        ? "the copy of " + tree.path() + " is gone from the target"
                        : "there was no copy of " + tree.path() + " to remove");
    }

    @Override
    public Outcome verifyFiles(Act<VerifyFiles> request) {
        MigrationContext migration = request.migration();
        SyncedTree tree = new SyncedTree(migration, request.step().tree());
        Beat beat = new Beat("comparing " + tree.path());
        Server source = servers.open(migration.source());
        Server target = servers.open(migration.target());

        Pair pair = manifests.make(tree, tree.job(VERIFY), Mode.VERIFY, source, target, beat);
        // Whoever asks again, after somebody mended something, must get new manifests.
        forget(tree.job(VERIFY), source, target);
        if (pair.source().unreadable() + pair.target().unreadable() > 0) {
            throw FailureType.VERIFICATION_FAILED.because("Expected to read every file of " + tree.path()
                    + ", but found " + pair.source().unreadable() + " unreadable on the source and "
                    + pair.target().unreadable() + " on the target; look at the disks, then try again");
        }
        if (!pair.source().sha256().equals(pair.target().sha256())) {
            throw FailureType.VERIFICATION_FAILED.because(
                    "Expected " + tree.path() + " to be the same on both servers, but found differences, first: "
                            + String.join(" | ", Manifests.differences(tree, source, target))
                            + "; look who writes there; if it was on the source and is over, put the file on the"
                            + " target right and try again, else roll back and start again");
        }
        return Outcome.of(tree.path() + " is the same on both servers: "
                + pair.source().entries() + " entries, " + pair.source().bytes() + " bytes, manifest "
                + pair.source().sha256() + "; checksums known from before but for "
                + pair.source().hashed() + " on the source and "
                + pair.target().hashed() + " on the target");
    }

    private void forget(JobKey key, Server source, Server target) {
        jobs.remove(source, key);
        jobs.remove(target, key);
    }

    /** What rsync on the source knows, once it is sure that the folder may be read. */
    private static String sourceFolder(SyncedTree tree, Server source) {
        List<String> found = source.output(Script.of(Scripts.SOURCE_FOLDER, tree.path(), tree.work()))
                .lines()
                .toList();
        return switch (found.getFirst()) {
            case "tool" -> throw noRsync(source);
            case "missing" ->
                throw FailureType.SPEC_MISMATCH.because("Expected the folder " + tree.path() + " on "
                        + source.spec().host() + ", but found none; correct the path");
            case "mounted" ->
                throw FailureType.SPEC_MISMATCH.because("Expected " + tree.path() + " on "
                        + source.spec().host() + " with the file system that was mounted at " + found.get(1)
                        + " in the first pass, but found it without; mount it again, then try again, or roll back if it has"
                        + " moved on purpose; nothing was copied or deleted");
            default -> {
                // A link could lead to where the path itself may not.
                SyncedTree.checked(found.getLast());
                yield letters(found.getFirst());
            }
        };
    }

    private static String prepareTarget(SyncedTree tree, BeforeImage before, Server source, Server target) {
        List<String> arguments = new ArrayList<>(List.of(tree.path(), tree.work()));
        arguments.addAll(missingParents(before, source));
        List<String> found = target.output(new Script(Scripts.PREPARE_TARGET, arguments, null))
                .lines()
                .toList();
        return switch (found.getFirst()) {
            case "tool" -> throw noRsync(target);
            case "full" -> throw foreignContent(tree);
            case "taken" ->
                throw FailureType.SPEC_MISMATCH.because("Expected no other migration to copy " + tree.path() + " to "
                        + target.spec().host() + ", but found its record in " + found.get(1)
                        + "; wait for its end, or, if it has ended, remove that folder");
            case "unknown" ->
                throw FailureType.SPEC_MISMATCH.because("Expected Godwit's record of what was at " + tree.path()
                        + " on " + target.spec().host()
                        + " before the first copy, but found none; roll back and start again");
            default -> {
                SyncedTree.checked(found.getLast());
                yield letters(found.getFirst());
            }
        };
    }

    /** Mode, uid, gid and path of each missing parent as the source has them, the outermost first. */
    private static List<String> missingParents(BeforeImage before, Server source) {
        if (!(before instanceof SavedFiles files) || files.files().size() < 2) {
            return List.of();
        }
        List<String> parents =
                files.files().stream().skip(1).map(SavedFile::path).toList().reversed();
        List<String> owners =
                source.output(new Script(Scripts.OWNERS, parents, null)).lines().toList();
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < parents.size(); i++) {
            arguments.addAll(List.of(owners.get(i).split(" ")));
            arguments.add(parents.get(i));
        }
        return arguments;
    }

    private long measure(SyncedTree tree, Server source, Beat beat) {
        String out = jobs.run(
                source,
                tree.job(MEASURE),
                new Job(Scripts.MEASURE, List.of(tree.path()), tree.rules(), Duration.ofHours(12)),
                line -> beat.alive());
        return TreeSize.parse(out.lines().toList()).bytes();
    }

    /** The name of a pass in the names of its jobs. */
    private static String word(Pass pass) {
        return switch (pass) {
            case FIRST -> "first";
            case LIVE -> "live";
            case FINAL -> "final";
        };
    }

    private static String hashes(Pass pass) {
        return word(pass) + "-hashes";
    }

    /** The letters after the colon. */
    private static String letters(String line) {
        return line.substring(line.indexOf(':') + 1);
    }

    private static String both(String source, String target) {
        return Stream.of("A", "X")
                .filter(letter -> source.contains(letter) && target.contains(letter))
                .reduce("", String::concat);
    }

    private static ApplicationFailure foreignContent(SyncedTree tree) {
        return FailureType.SPEC_MISMATCH.because("Expected " + tree.path() + " to be missing or empty on "
                + tree.migration().target().host() + ", but found content that is not this migration's; move it away,"
                + " because the copy would delete it");
    }

    private static ApplicationFailure noRsync(Server server) {
        return FailureType.TOOL_MISSING.because(
                "Expected rsync on " + server.spec().host() + ", but found none; install the package rsync");
    }
}
