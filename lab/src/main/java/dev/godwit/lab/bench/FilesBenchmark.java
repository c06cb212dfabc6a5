package dev.godwit.lab.bench;

import dev.godwit.activities.files.RsyncFileSync;
import dev.godwit.activities.host.Job;
import dev.godwit.activities.host.JobKey;
import dev.godwit.activities.host.Jobs;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.SystemdJobs;
import dev.godwit.activities.link.Link;
import dev.godwit.lab.ExitCode;
import dev.godwit.lab.LabException;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.files.FileStep.CopyFiles;
import dev.godwit.workflows.files.FileSync;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.Pass;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Godwit's last pass over files that have not changed, beside rsync as people type it. */
final class FilesBenchmark implements Benchmark {
    private static final FileTree TREE = new FileTree("/srv/bench", List.of());

    /** {@code $2} folders of a hundred files. */
    private static final String MAKE = """
            mkdir -p "$1" && cd "$1"
            perl -e 'for my $d (1..$ARGV[0]) { mkdir $d; for my $f (1..100) {
                open my $o, ">", "$d/$f"; print $o "$d $f " x 20; close $o } }' "$2"
            """;

    /** One small file shows that a pass has run. */
    private static final String TURN = "printf %s \"$2\" >\"$1/turn\"";

    private static final String READ_TURN = "cat \"$1/turn\"";

    private final int folders;

    FilesBenchmark() {
        this(500);
    }

    /** With a hundred files in each of some folders. */
    FilesBenchmark(int folders) {
        this.folders = folders;
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public String words() {
        return "the last pass over " + files() + " files, from one server of the lab to the other: Godwit's step, with"
                + " its supervised job, against `rsync -aHAX --delete` through the same ssh. No file has changed. One"
                + " more small file has to arrive, which shows that the pass has run";
    }

    @Override
    public int rounds() {
        return 10;
    }

    @Override
    public List<Figure> measure(Bench bench, int rounds) throws IOException, InterruptedException {
        TestActivityEnvironment environment = TestActivityEnvironment.newInstance(TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(WorkflowClientOptions.newBuilder()
                        .setDataConverter(GodwitJson.dataConverter())
                        .build())
                .build());
        try (TwoHosts hosts = new TwoHosts(bench.terminal())) {
            hosts.use(bench, "rsync", "openssh-server");
            Rounds jobs = new Rounds(new SystemdJobs());
            environment.registerActivitiesImplementations(new RsyncFileSync(hosts.servers(), jobs));
            FileSync files = environment.newActivityStub(
                    FileSync.class,
                    ActivityOptions.newBuilder()
                            .setStartToCloseTimeout(Duration.ofMinutes(10))
                            .build());
            hosts.source().output(Script.of(MAKE, TREE.path(), Integer.toString(folders)));
            CopyFiles first = new CopyFiles(TREE, Pass.FIRST);
            BeforeImage image = files.lookAtCopy(new Look<>(hosts.migration(), "first", first));
            files.copyFiles(new Act<>(hosts.migration(), "first", first, image));
            List<Double> godwit = new ArrayList<>();
            List<Double> rsync = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                jobs.next();
                Act<CopyFiles> last =
                        new Act<>(hosts.migration(), "last", new CopyFiles(TREE, Pass.FINAL), BeforeImage.NOTHING);
                String turn = Integer.toString(round);
                Runnable ours = () -> godwit.add(seconds(hosts, "Godwit, round " + turn, () -> files.copyFiles(last)));
                Runnable theirs = () -> rsync.add(seconds(
                        hosts, "rsync, round " + turn, () -> hosts.target().output(plain(hosts))));
                (round % 2 == 0 ? ours : theirs).run();
                (round % 2 == 0 ? theirs : ours).run();
            }
            return List.of(
                    Figure.median(
                            "last pass over " + files() + " unchanged files, against rsync",
                            Series.ratios(godwit, rsync),
                            1.5),
                    Figure.shown("the same, Godwit", new Series(godwit, Unit.SECONDS)),
                    Figure.shown("the same, rsync", new Series(rsync, Unit.SECONDS)));
        } finally {
            environment.close();
        }
    }

    private String files() {
        return String.format(Locale.ROOT, "%,d", folders * 100);
    }

    private static double seconds(TwoHosts hosts, String turn, Runnable pass) {
        hosts.source().output(Script.of(TURN, TREE.path(), turn));
        double seconds = hosts.seconds(pass);
        String arrived = hosts.target().output(Script.of(READ_TURN, TREE.path()));
        if (!arrived.equals(turn)) {
            throw new LabException(
                    ExitCode.FAILURE, "Expected the pass to bring '" + turn + "', but found '" + arrived + "'");
        }
        return seconds;
    }

    /** Gives the jobs of each round keys of their own: what has been done once is not done again under the same key. */
    private static final class Rounds implements Jobs {
        private final Jobs jobs;
        private int round;

        Rounds(Jobs jobs) {
            this.jobs = jobs;
        }

        void next() {
            round++;
        }

        private JobKey now(JobKey key) {
            return new JobKey(key.migration(), key.step() + "-" + round);
        }

        @Override
        public String run(Server server, JobKey key, Job job, Consumer<String> line) {
            return jobs.run(server, now(key), job, line);
        }

        @Override
        public void remove(Server server, JobKey key) {
            jobs.remove(server, now(key));
        }
    }

    private static Script plain(TwoHosts hosts) {
        return new Script(
                "exec \"$@\"",
                List.of(
                        "rsync",
                        "-aHAX",
                        "--numeric-ids",
                        "--delete",
                        "-e",
                        Link.rsyncShell(
                                hosts.migration().id(), hosts.migration().source()),
                        Link.rsyncSource(TREE.path()),
                        TREE.path() + "/"),
                null);
    }
}
