package dev.godwit.workflows.plan;

import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.certificates.CertificateStep.CopyCertificates;
import dev.godwit.workflows.checks.CheckStep.CheckService;
import dev.godwit.workflows.checks.CheckStep.CompareAnswers;
import dev.godwit.workflows.crontabs.CrontabStep.InstallCrontabs;
import dev.godwit.workflows.crontabs.CrontabStep.RemoveCrontabs;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.DatabaseSpec;
import dev.godwit.workflows.database.DatabaseStep.CopyDatabase;
import dev.godwit.workflows.database.DatabaseStep.FenceDatabase;
import dev.godwit.workflows.database.DatabaseStep.SetSequences;
import dev.godwit.workflows.database.DatabaseStep.VerifyDatabase;
import dev.godwit.workflows.dns.DnsFacts;
import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.DnsStep.LowerTtl;
import dev.godwit.workflows.dns.DnsStep.PointDns;
import dev.godwit.workflows.dns.DnsStep.RestoreTtl;
import dev.godwit.workflows.dns.RecordFacts;
import dev.godwit.workflows.files.FileStep.CopyFiles;
import dev.godwit.workflows.files.FileStep.VerifyFiles;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.files.TreeFacts;
import dev.godwit.workflows.gates.Gate.AwaitApproval;
import dev.godwit.workflows.gates.Gate.KeepBudget;
import dev.godwit.workflows.gates.Gate.Soak;
import dev.godwit.workflows.gates.Gate.WaitOutTtl;
import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.hooks.HookStep.RunHook;
import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.link.LinkStep.CleanUp;
import dev.godwit.workflows.link.LinkStep.LinkHosts;
import dev.godwit.workflows.link.LinkStep.UnlinkHosts;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.proxy.SiteStep.DrainRequests;
import dev.godwit.workflows.proxy.SiteStep.ForwardRequests;
import dev.godwit.workflows.proxy.SiteStep.InstallSite;
import dev.godwit.workflows.proxy.SiteStep.ServePage;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Pass;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Step;
import dev.godwit.workflows.units.Rehearsal;
import dev.godwit.workflows.units.UnitStep.RetireUnits;
import dev.godwit.workflows.units.UnitStep.StartUnits;
import dev.godwit.workflows.units.UnitStep.StopUnits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the plan of a migration from its spec and what the preflight measured. It is pure: the same input gives the
 * same plan. Each phase is a method, and each line of it a step: read from top to bottom, this is the checklist.
 */
public final class Planner {
    private final Spec spec;
    private final Facts facts;
    private final List<List<PlannedStep>> stages = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private Phase phase = Phase.PREPARE;
    /** The stage that takes further steps, if one does. */
    private @Nullable List<PlannedStep> open;

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
        List<PlannedStep> steps = planner.numbered();
        return new Plan(planner.hash(steps), steps);
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
        Rehearsal rehearsal = Objects.requireNonNullElse(spec.rehearsal(), Rehearsal.AS_IT_IS);
        if (rehearsal.start()) {
            if (!spec.units().isEmpty()) {
                add("rehearse-start", new StartUnits(Side.TARGET, spec.units(), false, rehearsal.environment()));
            }
            add("rehearse-compare", new CompareAnswers(addressesOfTarget(), spec.checks()));
            if (!spec.units().isEmpty()) {
                add("rehearse-stop", new StopUnits(Side.TARGET, spec.units(), false));
            }
        }
        if (spec.budget().outage() != null) {
            add("keep-budget", new KeepBudget(spec.budget().outage()));
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
        together(() -> {
            for (DatabaseSpec database : spec.databases()) {
                add("copy-database-final-" + slug(database.name()), new CopyDatabase(database, Pass.FINAL));
            }
            for (FileTree tree : spec.files()) {
                add("copy-files-final-" + slug(tree), new CopyFiles(tree, Pass.FINAL));
            }
        });
        together(() -> {
            for (DatabaseSpec database : spec.databases()) {
                if (database.hasSequences()) {
                    add("set-sequences-" + slug(database.name()), new SetSequences(database));
                }
            }
        });
        together(() -> {
            for (DatabaseSpec database : spec.databases()) {
                add("verify-database-" + slug(database.name()), new VerifyDatabase(database));
            }
            for (FileTree tree : spec.files()) {
                add("verify-files-" + slug(tree), new VerifyFiles(tree));
            }
        });
        if (!spec.units().isEmpty()) {
            add("start-service", new StartUnits(Side.TARGET, spec.units(), true));
        }
        add("check-target", new CheckService(Side.TARGET, addressesOfTarget(), spec.checks()));
        add("forward-requests", new ForwardRequests(spec.proxy()));

        add(
                "check-forwarded",
                new CheckService(Side.SOURCE, List.of(spec.source().address()), spec.checks()));
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

    /** In a stage of its own. */
    private void add(String id, Step step) {
        PlannedStep planned = planned(id, step);
        if (open == null) {
            stages.add(List.of(planned));
        } else {
            open.add(planned);
        }
    }

    /** In one stage, which there is only if it has steps. */
    private void together(Runnable steps) {
        List<PlannedStep> stage = new ArrayList<>();
        open = stage;
        steps.run();
        open = null;
        if (!stage.isEmpty()) {
            stages.add(stage);
        }
    }

    private PlannedStep planned(String wanted, Step step) {
        String id = wanted;
        for (int number = 2; !ids.add(id); number++) {
            id = wanted + "-" + number;
        }
        return new PlannedStep(id, phase, 0, step, estimate(step));
    }

    /** In the order of the spec. */
    private void placeHooks() {
        for (int number = 0; number < spec.hooks().size(); number++) {
            Hook hook = spec.hooks().get(number);
            if (hook.phase() == phase) {
                RunHook step = new RunHook(hook.on(), hook.run(), hook.undo(), hook.timeout(), hook.effect());
                stages.add(placeOf(hook), List.of(planned("hook-" + (number + 1), step)));
            }
        }
    }

    private int placeOf(Hook hook) {
        for (int index = 0; index < stages.size(); index++) {
            if (hook.before() != null && has(stages.get(index), hook.before())) {
                return index;
            }
            if (hook.after() != null && has(stages.get(index), hook.after())) {
                return behindHooks(index + 1);
            }
        }
        return stages.size();
    }

    private boolean has(List<PlannedStep> stage, String id) {
        return stage.stream()
                .anyMatch(step -> step.phase() == phase && step.id().equals(id));
    }

    /** Behind the hooks that stand there already: several in one place keep the spec's order. */
    private int behindHooks(int index) {
        int place = index;
        while (place < stages.size() && stages.get(place).getFirst().step() instanceof RunHook) {
            place++;
        }
        return place;
    }

    private List<PlannedStep> numbered() {
        List<PlannedStep> steps = new ArrayList<>();
        for (int index = 0; index < stages.size(); index++) {
            for (PlannedStep step : stages.get(index)) {
                steps.add(new PlannedStep(step.id(), step.phase(), index + 1, step.step(), step.estimate()));
            }
        }
        return steps;
    }

    // ---- what was measured ----

    /** The target's own address, and every other one that DNS will publish. */
    private List<String> addressesOfTarget() {
        Stream<String> published = spec.dns() == null
                ? Stream.of()
                : spec.dns().records().stream().map(DnsRecord::value).filter(Objects::nonNull);
        return Stream.concat(Stream.of(spec.target().address()), published)
                .distinct()
                .toList();
    }

    private List<String> nameServers() {
        DnsFacts dns = facts.dns();
        return dns == null ? List.of() : dns.servers();
    }

    private Duration observedTtl() {
        DnsFacts dns = facts.dns();
        return dns == null ? Duration.ZERO : dns.longestTtl();
    }

    private List<RecordFacts> observedRecords() {
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

    private record ReviewedStep(String id, Phase phase, int stage, Step step) {}

    private String hash(List<PlannedStep> steps) {
        Reviewed reviewed = new Reviewed(
                spec,
                steps.stream()
                        .map(planned ->
                                new ReviewedStep(planned.id(), planned.phase(), planned.stage(), planned.step()))
                        .toList(),
                facts.databases().stream().map(DatabaseFacts::fingerprint).toList(),
                facts.proxy());
        return Sha256.of(GodwitJson.write(reviewed));
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
