package dev.godwit.workflows.migration;

import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.Certificates;
import dev.godwit.workflows.activity.Crontabs;
import dev.godwit.workflows.activity.DatabaseCopy;
import dev.godwit.workflows.activity.DatabaseFence;
import dev.godwit.workflows.activity.DnsRecords;
import dev.godwit.workflows.activity.FileSync;
import dev.godwit.workflows.activity.Hooks;
import dev.godwit.workflows.activity.HostLink;
import dev.godwit.workflows.activity.Inspect;
import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.activity.Look;
import dev.godwit.workflows.activity.Loss;
import dev.godwit.workflows.activity.LossQuestion;
import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.activity.ProxyRouting;
import dev.godwit.workflows.activity.ServerInspection;
import dev.godwit.workflows.activity.ServiceChecks;
import dev.godwit.workflows.activity.ServiceUnits;
import dev.godwit.workflows.activity.Undo;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Step;
import dev.godwit.workflows.spec.DatabaseSpec;
import dev.godwit.workflows.spec.Spec;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.List;

/**
 * Which activity does, and undoes, each kind of step. Three exhaustive switches: a new kind of step does not compile
 * before it has its place in each.
 */
final class Hands {
    private final MigrationContext migration;

    Hands(MigrationContext migration) {
        this.migration = migration;
    }

    /** Looks at both servers, then through every other system at once, unless nobody can log in. */
    static Inspection inspect(Spec spec) {
        Inspect request = new Inspect(spec);
        Inspection servers =
                stub(ServerInspection.class, "look at both servers").inspectServers(request);
        if (servers.findings().stream().anyMatch(finding -> ServerInspection.NO_LOGIN.contains(finding.code()))) {
            return servers;
        }
        List<Promise<Inspection>> looks = List.of(
                Async.function(stub(FileSync.class, "look at the folders")::inspectTrees, request),
                Async.function(stub(DatabaseCopy.class, "look at the databases")::inspectDatabases, request),
                Async.function(stub(ProxyRouting.class, "look at the proxies")::inspectProxy, request),
                Async.function(stub(Certificates.class, "look at the certificates")::inspectCertificates, request),
                Async.function(stub(DnsRecords.class, "ask every name server")::inspectDns, request),
                Async.function(stub(ServiceChecks.class, "ask the service")::inspectChecks, request));
        Inspection all = servers;
        for (Promise<Inspection> look : looks) {
            all = all.and(look.get());
        }
        return all;
    }

    private static <T> T stub(Class<T> system, String summary) {
        return Workflow.newActivityStub(system, StepOptions.INSPECT.with(summary));
    }

    /** Takes the before-image of a step. */
    BeforeImage look(PlannedStep planned) {
        return switch (planned.step()) {
            case Step.DnsStep step -> looking(DnsRecords.class, planned).lookAtRecords(look(planned, step));
            case Step.CopyCertificates step ->
                looking(Certificates.class, planned).lookAtCertificates(look(planned, step));
            case Step.SiteStep step -> looking(ProxyRouting.class, planned).lookAtSite(look(planned, step));
            case Step.CopyFiles step -> looking(FileSync.class, planned).lookAtCopy(look(planned, step));
            case Step.CopyDatabase step -> looking(DatabaseCopy.class, planned).lookAtCopy(look(planned, step));
            case Step.FenceDatabase step ->
                looking(DatabaseFence.class, planned).lookAtFence(look(planned, step));
            case Step.UnitStep step -> looking(ServiceUnits.class, planned).lookAtUnits(look(planned, step));
            case Step.CrontabStep step -> looking(Crontabs.class, planned).lookAtCrontabs(look(planned, step));
            case Step.LinkHosts ignored -> BeforeImage.NOTHING;
            case Step.VerifyFiles ignored -> BeforeImage.NOTHING;
            case Step.SetSequences ignored -> BeforeImage.NOTHING;
            case Step.VerifyDatabase ignored -> BeforeImage.NOTHING;
            case Step.CheckService ignored -> BeforeImage.NOTHING;
            case Step.CompareAnswers ignored -> BeforeImage.NOTHING;
            case Step.DrainRequests ignored -> BeforeImage.NOTHING;
            case Step.UnlinkHosts ignored -> BeforeImage.NOTHING;
            case Step.CleanUp ignored -> BeforeImage.NOTHING;
            case Step.RunHook ignored -> BeforeImage.NOTHING;
            case Step.Gate ignored -> BeforeImage.NOTHING;
            case Step.Soak ignored -> BeforeImage.NOTHING;
        };
    }

    /** Carries out a step. */
    Outcome act(PlannedStep planned, BeforeImage before) {
        return switch (planned.step()) {
            case Step.LowerTtl step -> acting(DnsRecords.class, planned).lowerTtl(act(planned, step, before));
            case Step.LinkHosts step -> acting(HostLink.class, planned).linkHosts(act(planned, step, before));
            case Step.CopyCertificates step ->
                acting(Certificates.class, planned).copyCertificates(act(planned, step, before));
            case Step.InstallSite step -> acting(ProxyRouting.class, planned).installSite(act(planned, step, before));
            case Step.CopyFiles step -> acting(FileSync.class, planned).copyFiles(act(planned, step, before));
            case Step.VerifyFiles step -> acting(FileSync.class, planned).verifyFiles(act(planned, step, before));
            case Step.CopyDatabase step -> acting(DatabaseCopy.class, planned).copyDatabase(act(planned, step, before));
            case Step.SetSequences step -> acting(DatabaseCopy.class, planned).setSequences(act(planned, step, before));
            case Step.VerifyDatabase step ->
                acting(DatabaseCopy.class, planned).verifyDatabase(act(planned, step, before));
            case Step.FenceDatabase step ->
                acting(DatabaseFence.class, planned).fenceDatabase(act(planned, step, before));
            case Step.StartUnits step -> acting(ServiceUnits.class, planned).startUnits(act(planned, step, before));
            case Step.StopUnits step -> acting(ServiceUnits.class, planned).stopUnits(act(planned, step, before));
            case Step.RetireUnits step -> acting(ServiceUnits.class, planned).retireUnits(act(planned, step, before));
            case Step.RemoveCrontabs step -> acting(Crontabs.class, planned).removeCrontabs(act(planned, step, before));
            case Step.InstallCrontabs step ->
                acting(Crontabs.class, planned).installCrontabs(act(planned, step, before));
            case Step.CheckService step ->
                acting(ServiceChecks.class, planned).checkService(act(planned, step, before));
            case Step.CompareAnswers step ->
                acting(ServiceChecks.class, planned).compareAnswers(act(planned, step, before));
            case Step.ServePage step -> acting(ProxyRouting.class, planned).servePage(act(planned, step, before));
            case Step.DrainRequests step ->
                acting(ProxyRouting.class, planned).drainRequests(act(planned, step, before));
            case Step.ForwardRequests step ->
                acting(ProxyRouting.class, planned).forwardRequests(act(planned, step, before));
            case Step.PointDns step -> acting(DnsRecords.class, planned).pointDns(act(planned, step, before));
            case Step.Soak step -> acting(ServiceChecks.class, planned).watchService(act(planned, step, before));
            case Step.RestoreTtl step -> acting(DnsRecords.class, planned).restoreTtl(act(planned, step, before));
            case Step.UnlinkHosts step -> acting(HostLink.class, planned).unlinkHosts(act(planned, step, before));
            case Step.CleanUp step -> acting(HostLink.class, planned).cleanUp(act(planned, step, before));
            case Step.RunHook step -> acting(Hooks.class, planned).runHook(act(planned, step, before));
            case Step.Gate ignored -> throw notAnAct(planned);
        };
    }

    /**
     * Takes a step back. Only for a step that says how it is undone.
     *
     * @param options how patiently
     */
    Outcome undo(PlannedStep planned, BeforeImage before, StepOptions options) {
        return switch (planned.step()) {
            case Step.WithoutUndo ignored -> throw notAnAct(planned);
            case Step.DnsStep step ->
                undoing(DnsRecords.class, planned, options).restoreRecords(undo(planned, step, before));
            case Step.LinkHosts step ->
                undoing(HostLink.class, planned, options).removeLink(undo(planned, step, before));
            case Step.CopyCertificates step ->
                undoing(Certificates.class, planned, options).removeCertificates(undo(planned, step, before));
            case Step.ForwardRequests step ->
                undoing(ProxyRouting.class, planned, options).stopForwarding(undo(planned, step, before));
            case Step.SiteStep step ->
                undoing(ProxyRouting.class, planned, options).restoreSite(undo(planned, step, before));
            case Step.CopyFiles step ->
                undoing(FileSync.class, planned, options).removeCopy(undo(planned, step, before));
            case Step.CopyDatabase step ->
                undoing(DatabaseCopy.class, planned, options).dropCopy(undo(planned, step, before));
            case Step.FenceDatabase step ->
                undoing(DatabaseFence.class, planned, options).liftFence(undo(planned, step, before));
            case Step.UnitStep step ->
                undoing(ServiceUnits.class, planned, options).restoreUnits(undo(planned, step, before));
            case Step.CrontabStep step ->
                undoing(Crontabs.class, planned, options).restoreCrontabs(undo(planned, step, before));
            case Step.RunHook step -> undoing(Hooks.class, planned, options).undoHook(undo(planned, step, before));
        };
    }

    /** Counts what a rollback after the pivot would lose, as far as that can be counted while somebody waits for it. */
    Loss estimateLoss(List<DatabaseSpec> databases) {
        return Workflow.newActivityStub(
                        DatabaseCopy.class, StepOptions.ESTIMATE.with("estimate what a rollback would lose"))
                .estimateLoss(new LossQuestion(migration, databases));
    }

    /** Removes what Godwit kept on the servers, after a rollback. */
    Outcome cleanUp() {
        return Workflow.newActivityStub(HostLink.class, StepOptions.UNDO.with("clean up"))
                .cleanUp(new Act<>(migration, "clean-up", new Step.CleanUp(true), BeforeImage.NOTHING));
    }

    private static <T> T looking(Class<T> system, PlannedStep planned) {
        return Workflow.newActivityStub(system, StepOptions.LOOK.with(planned.id() + ": look"));
    }

    private static <T> T acting(Class<T> system, PlannedStep planned) {
        return Workflow.newActivityStub(system, StepOptions.of(planned.step()).with(planned.id()));
    }

    private static <T> T undoing(Class<T> system, PlannedStep planned, StepOptions options) {
        return Workflow.newActivityStub(system, options.with(planned.id() + ": undo"));
    }

    private <S extends Step> Look<S> look(PlannedStep planned, S step) {
        return new Look<>(migration, planned.id(), step);
    }

    private <S extends Step> Act<S> act(PlannedStep planned, S step, BeforeImage before) {
        return new Act<>(migration, planned.id(), step, before);
    }

    private <S extends Step> Undo<S> undo(PlannedStep planned, S step, BeforeImage before) {
        return new Undo<>(migration, planned.id(), step, before);
    }

    private static IllegalStateException notAnAct(PlannedStep planned) {
        return new IllegalStateException("Expected a step with an activity, but found " + planned.id());
    }
}
