package dev.godwit.workflows.migration;

import dev.godwit.workflows.certificates.Certificates;
import dev.godwit.workflows.certificates.InspectCertificates;
import dev.godwit.workflows.checks.InspectChecks;
import dev.godwit.workflows.checks.ServiceChecks;
import dev.godwit.workflows.database.DatabaseCopy;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.InspectDatabases;
import dev.godwit.workflows.dns.DnsFacts;
import dev.godwit.workflows.dns.DnsRecords;
import dev.godwit.workflows.dns.DnsSpec;
import dev.godwit.workflows.dns.InspectDns;
import dev.godwit.workflows.files.FileSync;
import dev.godwit.workflows.files.InspectTrees;
import dev.godwit.workflows.files.TreeFacts;
import dev.godwit.workflows.inspection.InspectServers;
import dev.godwit.workflows.inspection.ServerInspection;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlanFindings;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.proxy.InspectProxy;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.proxy.ProxyRouting;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Patience;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The read-only look and the plan that follows from it. */
final class Preflight {
    private final Spec spec;
    private final List<Finding> findings = new ArrayList<>();

    private Preflight(Spec spec) {
        this.spec = spec;
    }

    /**
     * Looks and plans. The plan is recorded in the history when it is made: a planner of a later version does not change
     * it.
     */
    static PlanReport run(Spec spec, BiFunction<Spec, Facts, Plan> planner) {
        Preflight preflight = new Preflight(spec);
        Facts facts = preflight.look();
        return Workflow.sideEffect(PlanReport.class, () -> {
            Plan plan = planner.apply(spec, facts);
            List<Finding> findings = new ArrayList<>(preflight.findings);
            findings.addAll(PlanFindings.of(spec, plan));
            return new PlanReport(findings, facts, plan, plan.outage(PlannedStep::estimate));
        });
    }

    /** Looks at both servers, then through every other system at once, unless nobody can log in. */
    private Facts look() {
        take(stub(ServerInspection.class, "look at both servers").inspectServers(new InspectServers(spec)));
        if (findings.stream().anyMatch(finding -> ServerInspection.NO_LOGIN.contains(finding.code()))) {
            return Facts.NONE;
        }
        Promise<Inspection<List<TreeFacts>>> trees = Async.function(
                stub(FileSync.class, "look at the folders")::inspectTrees,
                new InspectTrees(spec.source(), spec.target(), spec.files()));
        Promise<Inspection<List<DatabaseFacts>>> databases = Async.function(
                stub(DatabaseCopy.class, "look at the databases")::inspectDatabases,
                new InspectDatabases(spec.source(), spec.target(), spec.databases()));
        Promise<Inspection<ProxyFacts>> proxy = Async.function(
                stub(ProxyRouting.class, "look at the proxies")::inspectProxy,
                new InspectProxy(spec.source(), spec.target(), spec.proxy()));
        Promise<Inspection<Void>> certificates = Async.function(
                stub(Certificates.class, "look at the certificates")::inspectCertificates,
                new InspectCertificates(
                        spec.source(), spec.target(), spec.tls(), spec.proxy().names(), asksByHttps()));
        Promise<Inspection<DnsFacts>> dns = askNameServers(spec.dns());
        Promise<Inspection<Void>> checks = Async.function(
                stub(ServiceChecks.class, "ask the service")::inspectChecks,
                new InspectChecks(spec.service(), spec.source(), spec.checks()));
        List<TreeFacts> treeFacts = take(trees.get());
        List<DatabaseFacts> databaseFacts = take(databases.get());
        ProxyFacts proxyFacts = take(proxy.get());
        take(certificates.get());
        DnsFacts dnsFacts = take(dns.get());
        take(checks.get());
        return new Facts(
                Objects.requireNonNullElse(databaseFacts, List.of()),
                Objects.requireNonNullElse(treeFacts, List.of()),
                dnsFacts,
                proxyFacts);
    }

    private static Promise<Inspection<DnsFacts>> nothingToAsk() {
        return Workflow.newPromise(Inspection.of(List.of()));
    }

    private Promise<Inspection<DnsFacts>> askNameServers(@Nullable DnsSpec dns) {
        return dns == null
                ? nothingToAsk()
                : Async.function(
                        stub(DnsRecords.class, "ask every name server")::inspectDns,
                        new InspectDns(spec.source(), spec.target(), dns));
    }

    private boolean asksByHttps() {
        return spec.checks().stream()
                .anyMatch(check -> "https".equalsIgnoreCase(check.get().getScheme()));
    }

    private <F> @Nullable F take(Inspection<F> inspection) {
        findings.addAll(inspection.findings());
        return inspection.facts();
    }

    private static <A> A stub(Class<A> system, String summary) {
        return OtherWorkers.stub(system, Patience.INSPECT.options(summary, false));
    }
}
