package dev.godwit.lab.bench;

import dev.godwit.activities.files.RsyncFileSync;
import dev.godwit.activities.host.Script;
import dev.godwit.activities.host.SystemdJobs;
import dev.godwit.activities.link.Link;
import dev.godwit.lab.bench.Series.Unit;
import dev.godwit.workflows.GodwitJson;
import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.FileSync;
import dev.godwit.workflows.activity.Look;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.CopyFiles;
import dev.godwit.workflows.plan.Step.Pass;
import dev.godwit.workflows.spec.FileTree;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Godwit's last pass over files that have not changed, beside rsync as people type it. */
final class FilesBenchmark implements Benchmark {
    private static final FileTree TREE = new FileTree("/srv/bench", List.of());

    /** 50,000 files. */
    private static final String MAKE = """
            mkdir -p "$1" && cd "$1"
            perl -e 'for my $d (1..500) { mkdir $d; for my $f (1..100) {
                open my $o, ">", "$d/$f"; print $o "$d $f " x 20; close $o } }'
            touch -d '1 minute ago' .
            """;

    @Override
    public String name() {
        return "files";
    }

    @Override
    public String words() {
        return "the last pass over 50,000 files of which none has changed, from one server of the lab to the other:"
                + " Godwit's step, with its supervised job, and `rsync -aHAX --delete` through the same ssh";
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
            environment.registerActivitiesImplementations(new RsyncFileSync(hosts.servers(), new SystemdJobs()));
            FileSync files = environment.newActivityStub(
                    FileSync.class,
                    ActivityOptions.newBuilder()
                            .setStartToCloseTimeout(Duration.ofMinutes(10))
                            .build());
            hosts.source().output(Script.of(MAKE, TREE.path()));
            CopyFiles first = new CopyFiles(TREE, Pass.FIRST);
            BeforeImage image = files.lookAtCopy(new Look<>(hosts.migration(), "first", first));
            files.copyFiles(new Act<>(hosts.migration(), "first", first, image));
            List<Double> godwit = new ArrayList<>();
            List<Double> rsync = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                Act<CopyFiles> last = new Act<>(
                        hosts.migration(), "last-" + round, new CopyFiles(TREE, Pass.FINAL), BeforeImage.NOTHING);
                Runnable ours = () -> godwit.add(hosts.seconds(() -> files.copyFiles(last)));
                Runnable theirs =
                        () -> rsync.add(hosts.seconds(() -> hosts.target().output(plain(hosts))));
                (round % 2 == 0 ? ours : theirs).run();
                (round % 2 == 0 ? theirs : ours).run();
            }
            return List.of(
                    Figure.median(
                            "last pass over 50,000 unchanged files, against rsync", Series.ratios(godwit, rsync), 1.5),
                    Figure.shown("the same, Godwit", new Series(godwit, Unit.SECONDS)),
                    Figure.shown("the same, rsync", new Series(rsync, Unit.SECONDS)));
        } finally {
            environment.close();
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
