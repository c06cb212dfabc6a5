package dev.godwit.activities.files;

import dev.godwit.activities.Pause;
import dev.godwit.activities.Resource;
import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.link.Link;
import dev.godwit.workflows.step.FailureType;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes the manifests of a folder on both servers at once, and compares them. */
final class Manifests {
    /** Hashing 10 TB from a slow disk takes a day. */
    private static final Duration LONG = Duration.ofDays(3);

    private static final byte[] PROGRAM =
            Resource.text(Manifests.class, "manifest.pl").getBytes(StandardCharsets.UTF_8);

    private final Jobs jobs;

    Manifests(Jobs jobs) {
        this.jobs = jobs;
    }

    /** What a manifest is made for. */
    enum Mode {
        /** The folder is in use: checksums are remembered, so that the next manifest needs few new ones. */
        PRIME,
        /** Nothing writes to the folder. */
        VERIFY;

        String word() {
            return this == PRIME ? "prime" : "verify";
        }
    }

    /**
     * A manifest, which itself stays on its server.
     *
     * @param sha256 of the whole
     * @param hashed files whose checksum was not known yet
     * @param unreadable files that are there and could not be read, or that went away
     */
    record Manifest(String sha256, long entries, long bytes, long hashed, long unreadable) {}

    /** The two of a folder. */
    record Pair(Manifest source, Manifest target) {}

    Pair make(SyncedTree tree, JobKey key, Mode mode, Server source, Server target, Beat beat) {
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            // The beat is this thread's: the job on the source only has to be waited for.
            Future<Manifest> onSource =
                    other.submit(() -> parse(jobs.run(source, key, job(tree, mode), line -> {}), tree, source));
            try {
                Manifest onTarget =
                        parse(jobs.run(target, key, job(tree, mode), line -> tell(line, tree, beat)), tree, target);
                return new Pair(await(onSource, beat), onTarget);
            } finally {
                onSource.cancel(true);
            }
        }
    }

    /** The first entries that differ, in words. */
    static List<String> differences(SyncedTree tree, Server source, Server target) {
        String program = "manifest-" + tree.id();
        Link.registerProgram(source, tree.migration().id(), program, Scripts.printManifest(tree.work()));
        List<String> arguments = new ArrayList<>();
        arguments.add(tree.work());
        arguments.addAll(Link.sshCommand(tree.migration().id(), source.spec()));
        arguments.add("godwit-run");
        arguments.add(program);
        try {
            return Differences.describe(target.output(new Script(Scripts.DIFFERENCES, arguments, null)));
        } catch (ApplicationFailure e) {
            // That they differ matters more than where.
            return List.of("the entries could not be listed: " + e.getOriginalMessage());
        }
    }

    private static Job job(SyncedTree tree, Mode mode) {
        Map<String, byte[]> files = new HashMap<>(tree.rules());
        files.put("manifest.pl", PROGRAM);
        return new Job(Scripts.MANIFEST, List.of(tree.path(), tree.work(), mode.word()), files, LONG);
    }

    private static void tell(String line, SyncedTree tree, Beat beat) {
        String[] words = line.split(" ", -1);
        if (words.length == 3 && words[0].equals("hash")) {
            beat.tell(
                    "checksums of " + tree.path() + " on the target",
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]));
        } else {
            beat.alive();
        }
    }

    private static Manifest await(Future<Manifest> future, Beat beat) {
        while (true) {
            try {
                return future.get(2, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                beat.alive();
            } catch (InterruptedException e) {
                throw Pause.stopped(
                        FailureType.COMMAND_FAILED, "to wait for the manifest", "a retry attaches to it", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new IllegalStateException("a manifest's job throws no checked exception", e);
            }
        }
    }

    private static Manifest parse(String out, SyncedTree tree, Server server) {
        String[] words = out.lines()
                .filter(line -> line.startsWith("manifest "))
                .reduce((first, second) -> second)
                .orElse("")
                .split(" ", -1);
        if (words.length != 6) {
            throw FailureType.COMMAND_FAILED.because("Expected the manifest of " + tree.path() + " on "
                    + server.spec().host() + ", but found no last line; look at the job's output");
        }
        return new Manifest(
                words[1],
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]));
    }
}
