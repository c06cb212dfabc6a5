package dev.godwit.workflows.plan;

import dev.godwit.workflows.GodwitJson;
import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.plan.Facts.DatabaseFacts;
import dev.godwit.workflows.plan.Facts.DnsFacts;
import dev.godwit.workflows.plan.Facts.ProxyFacts;
import dev.godwit.workflows.plan.Facts.TreeFacts;
import dev.godwit.workflows.plan.Step.AwaitApproval;
import dev.godwit.workflows.plan.Step.CheckService;
import dev.godwit.workflows.plan.Step.CleanUp;
import dev.godwit.workflows.plan.Step.CompareAnswers;
import dev.godwit.workflows.plan.Step.CopyCertificates;
import dev.godwit.workflows.plan.Step.CopyDatabase;
import dev.godwit.workflows.plan.Step.CopyFiles;
import dev.godwit.workflows.plan.Step.DrainRequests;
import dev.godwit.workflows.plan.Step.FenceDatabase;
import dev.godwit.workflows.plan.Step.ForwardRequests;
import dev.godwit.workflows.plan.Step.InstallCrontabs;
import dev.godwit.workflows.plan.Step.InstallSite;
import dev.godwit.workflows.plan.Step.LinkHosts;
import dev.godwit.workflows.plan.Step.LowerTtl;
import dev.godwit.workflows.plan.Step.Pass;
import dev.godwit.workflows.plan.Step.PointDns;
import dev.godwit.workflows.plan.Step.RemoveCrontabs;
import dev.godwit.workflows.plan.Step.RestoreTtl;
import dev.godwit.workflows.plan.Step.RetireUnits;
import dev.godwit.workflows.plan.Step.RunHook;
import dev.godwit.workflows.plan.Step.ServePage;
import dev.godwit.workflows.plan.Step.SetSequences;
import dev.godwit.workflows.plan.Step.Soak;
import dev.godwit.workflows.plan.Step.StartUnits;
import dev.godwit.workflows.plan.Step.StopUnits;
import dev.godwit.workflows.plan.Step.UnlinkHosts;
import dev.godwit.workflows.plan.Step.VerifyDatabase;
import dev.godwit.workflows.plan.Step.VerifyFiles;
import dev.godwit.workflows.plan.Step.WaitOutTtl;
import dev.godwit.workflows.spec.DatabaseSpec;
import dev.godwit.workflows.spec.FileTree;
import dev.godwit.workflows.spec.Gates;
import dev.godwit.workflows.spec.Hook;
import dev.godwit.workflows.spec.Side;
import dev.godwit.workflows.spec.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the plan of a migration from its spec and what the preflight measured. It is pure: the same input gives the
 * same plan. Each phase is a method, and each line of it a step: read from top to bottom, this is the checklist.
 */
public final class Planner {
    private final Spec spec;
    private final Facts facts;
    private final List<PlannedStep> steps = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private Phase phase = Phase.PREPARE;

    private Planner(Spec spec, Facts facts) {
        this.spec = spec;
        this.facts = facts;
    }

    /** The plan for a spec. */
    public static Plan plan(Spec spec, Facts facts) {
        Planner planner = new Planner(spec, facts);
        planner.prepare();
        planner.rehearse();
        planner.cutOver();
        planner.soak();
        planner.finish();
        return new Plan(planner.hash(), planner.steps);
    }

    private void prepare() {
        phase = Phase.PREPARE;
        if (spec.dns() != null) {
            add("lower-ttl", new LowerTtl(spec.dns(), nameServers()));
        }
        add("link-hosts", new LinkHosts());
        if (!spec.tls().certificates().isEmpty()) {
            add("copy-certificates", new CopyCertificates(spec.tls()));
        }
        add("install-site", new InstallSite(spec.proxy()));
        for (FileTree tree : spec.files()) {
            add("copy-files-first-" + slug(tree), new CopyFiles(tree, Pass.FIRST));
        }
        for (DatabaseSpec database : spec.databases()) {
            add("copy-database-first-" + slug(database.name()), new CopyDatabase(database, Pass.FIRST));
        }
        placeHooks();
    }

    private void rehearse() {
        phase = Phase.REHEARSE;
        if (!spec.units().isEmpty()) {
            add("rehearse-start", new StartUnits(Side.TARGET, spec.units(), false));
        }
        add("rehearse-compare", new CompareAnswers(spec.checks()));
        if (!spec.units().isEmpty()) {
            add("rehearse-stop", new StopUnits(Side.TARGET, spec.units(), false));
        }
        if (spec.dns() != null) {
            add("wait-out-ttl", new WaitOutTtl(observedTtl()));
        }
        if (spec.gates().cutover() == Gates.Cutover.APPROVAL) {
            add("await-approval", new AwaitApproval());
        }
        placeHooks();
    }

    private void cutOver() {
        phase = Phase.CUTOVER;
        if (!spec.jobs().units().isEmpty()) {
            add("stop-jobs", new StopUnits(Side.SOURCE, spec.jobs().units(), true));
        }
        if (!spec.jobs().crontabs().isEmpty()) {
            add("remove-crontabs", new RemoveCrontabs(spec.jobs().crontabs()));
        }
        for (FileTree tree : spec.files()) {
            add("copy-files-live-" + slug(tree), new CopyFiles(tree, Pass.LIVE));
        }

        add("serve-page", new ServePage(spec.proxy()));
        add("drain-requests", new DrainRequests(spec.proxy()));
        if (!spec.units().isEmpty()) {
            add("stop-service", new StopUnits(Side.SOURCE, spec.units(), true));
        }
        for (DatabaseSpec database : spec.databases()) {
            add("fence-database-" + slug(database.name()), new FenceDatabase(database));
        }
        for (DatabaseSpec database : spec.databases()) {
            add("copy-database-final-" + slug(database.name()), new CopyDatabase(database, Pass.FINAL));
            add("set-sequences-" + slug(database.name()), new SetSequences(database));
            add("verify-database-" + slug(database.name()), new VerifyDatabase(database));
        }
        for (FileTree tree : spec.files()) {
            add("copy-files-final-" + slug(tree), new CopyFiles(tree, Pass.FINAL));
            add("verify-files-" + slug(tree), new VerifyFiles(tree));
        }
        if (!spec.units().isEmpty()) {
            add("start-service", new StartUnits(Side.TARGET, spec.units(), true));
        }
        add("check-target", new CheckService(Side.TARGET, spec.checks()));
        pivot("forward-requests", new ForwardRequests(spec.proxy()));

        add("check-forwarded", new CheckService(Side.SOURCE, spec.checks()));
        if (!spec.jobs().units().isEmpty()) {
            add("start-jobs", new StartUnits(Side.TARGET, spec.jobs().units(), true));
        }
        if (!spec.jobs().crontabs().isEmpty()) {
            add("install-crontabs", new InstallCrontabs(spec.jobs().crontabs()));
        }
        if (spec.dns() != null) {
            add(
                    "point-dns",
                    new PointDns(spec.dns(), nameServers(), spec.target().address()));
        }
        placeHooks();
    }

    private void soak() {
        phase = Phase.SOAK;
        add("soak", new Soak(spec.soak(), spec.checks()));
        placeHooks();
    }

    private void finish() {
        phase = Phase.FINISH;
        if (spec.dns() != null) {
            add("restore-ttl", new RestoreTtl(spec.dns(), nameServers(), observedRecords()));
        }
        List<String> retired = new ArrayList<>(spec.units());
        retired.addAll(spec.jobs().units());
        if (!retired.isEmpty()) {
            add("retire-units", new RetireUnits(Side.SOURCE, retired));
        }
        add("unlink-hosts", new UnlinkHosts());
        add("clean-up", new CleanUp());
        placeHooks();
    }

    // ---- how a step gets its place ----

    private void add(String id, Step step) {
        append(steps.size(), id, step, false);
    }

    private void pivot(String id, Step step) {
        append(steps.size(), id, step, true);
    }

    private void append(int index, String wanted, Step step, boolean isPivot) {
        String id = wanted;
        for (int number = 2; !ids.add(id); number++) {
            id = wanted + "-" + number;
        }
        steps.add(index, new PlannedStep(id, phase, step, isPivot, estimate(step)));
    }

    /** In the order of the spec. */
    private void placeHooks() {
        for (int number = 0; number < spec.hooks().size(); number++) {
            Hook hook = spec.hooks().get(number);
            if (hook.phase() == phase) {
                append(
                        placeOf(hook),
                        "hook-" + (number + 1),
                        new RunHook(hook.on(), hook.run(), hook.undo(), hook.timeout()),
                        false);
            }
        }
    }

    private int placeOf(Hook hook) {
        if (hook.before() != null) {
            for (int index = 0; index < steps.size(); index++) {
                if (steps.get(index).isNamed(phase, hook.before())) {
                    return index;
                }
            }
        }
        if (hook.after() != null) {
            for (int index = steps.size() - 1; index >= 0; index--) {
                if (steps.get(index).isNamed(phase, hook.after())) {
                    return behindHooks(index + 1);
                }
            }
        }
        return steps.size();
    }

    /** Behind the hooks that stand there already: several in one place keep the spec's order. */
    private int behindHooks(int index) {
        int place = index;
        while (place < steps.size() && steps.get(place).step() instanceof RunHook) {
            place++;
        }
        return place;
    }

    // ---- what was measured ----

    private List<String> nameServers() {
        DnsFacts dns = facts.dns();
        return dns == null ? List.of() : dns.servers();
    }

    private Duration observedTtl() {
        DnsFacts dns = facts.dns();
        return dns == null ? Duration.ZERO : dns.longestTtl();
    }

    private List<Facts.RecordFacts> observedRecords() {
        DnsFacts dns = facts.dns();
        return dns == null ? List.of() : dns.records();
    }

    private Duration estimate(Step step) {
        return switch (step) {
            case CopyDatabase copy ->
                Rates.DATABASE_COPY.of(databaseBytes(copy.database().name()));
            case VerifyDatabase verify ->
                Rates.DATABASE_CHECKSUM.of(databaseBytes(verify.database().name()));
            case CopyFiles copy -> estimate(copy);
            case VerifyFiles verify -> Rates.FILE_SCAN.of(measured(verify.tree(), TreeFacts::files));
            case WaitOutTtl wait -> wait.observed();
            case Soak soak -> soak.period();
            case StartUnits ignored -> Rates.UNIT;
            case StopUnits ignored -> Rates.UNIT;
            default -> Duration.ZERO;
        };
    }

    private Duration estimate(CopyFiles copy) {
        return copy.pass() == Pass.FIRST
                ? Rates.FILE_COPY.of(measured(copy.tree(), TreeFacts::bytes))
                : Rates.FILE_SCAN.of(measured(copy.tree(), TreeFacts::files));
    }

    private long databaseBytes(String name) {
        return facts.databases().stream()
                .filter(database -> database.name().equals(name))
                .mapToLong(DatabaseFacts::bytes)
                .findFirst()
                .orElse(0);
    }

    private long measured(FileTree tree, ToLongFunction<TreeFacts> measure) {
        return facts.trees().stream()
                .filter(found -> found.path().equals(tree.path()))
                .mapToLong(measure)
                .findFirst()
                .orElse(0);
    }

    // ---- the hash ----

    /** What an approval stands for: the spec, the steps, and what of the world would make them wrong. */
    private record Reviewed(
            Spec spec,
            List<ReviewedStep> steps,
            List<String> schemas,
            @Nullable ProxyFacts proxy) {}

    private record ReviewedStep(String id, Phase phase, Step step) {}

    private String hash() {
        Reviewed reviewed = new Reviewed(
                spec,
                steps.stream()
                        .map(planned -> new ReviewedStep(planned.id(), planned.phase(), planned.step()))
                        .toList(),
                facts.databases().stream().map(DatabaseFacts::fingerprint).toList(),
                facts.proxy());
        return Sha256.of(GodwitJson.mapper().writeValueAsBytes(reviewed));
    }

    private static String slug(FileTree tree) {
        return slug(tree.path().substring(tree.path().lastIndexOf('/') + 1));
    }

    private static String slug(String name) {
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        return slug.isEmpty() ? "x" : slug.substring(0, Math.min(slug.length(), 40));
    }

    /** What was measured on a machine with two cores (in the lab): good enough to plan by. */
    private enum Rates {
        /** Bytes of a database dumped and restored in a second. */
        DATABASE_COPY(50_000_000),
        /** Bytes of a database read and hashed in a second, both sides at once. */
        DATABASE_CHECKSUM(100_000_000),
        /** Bytes of files copied in a second. */
        FILE_COPY(80_000_000),
        /** Files compared in a second. */
        FILE_SCAN(50_000);

        static final Duration UNIT = Duration.ofSeconds(1);

        private final long perSecond;

        Rates(long perSecond) {
            this.perSecond = perSecond;
        }

        Duration of(long amount) {
            return Duration.ofSeconds(Math.ceilDiv(amount, perSecond));
        }
    }
}
