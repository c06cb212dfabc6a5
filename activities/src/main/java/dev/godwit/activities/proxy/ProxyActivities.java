package dev.godwit.activities.proxy;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.proxy.ProxyServer.Drained;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.proxy.InspectProxy;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.proxy.ProxyRouting;
import dev.godwit.workflows.proxy.ProxySpec;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.proxy.SiteStep.DrainRequests;
import dev.godwit.workflows.proxy.SiteStep.ForwardRequests;
import dev.godwit.workflows.proxy.SiteStep.InstallSite;
import dev.godwit.workflows.proxy.SiteStep.ServePage;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Undo;
import java.time.Duration;
import java.util.function.Function;

/** Hands each site to its proxy server. */
public final class ProxyActivities implements ProxyRouting {
    private static final Duration PROOF = Duration.ofSeconds(10);

    private final Servers servers;
    private final Function<ProxySpec, ProxyServer> kinds;
    private final RoutingProof proof;

    /**
     * @param kinds the proxy server of a spec
     * @param client takes any certificate, see {@link AddressedClient#accepting}
     */
    public ProxyActivities(Servers servers, Function<ProxySpec, ProxyServer> kinds, AddressedClient client) {
        this(servers, kinds, client, PROOF);
    }

    /**
     * The same for tests.
     *
     * @param bound how long the proof of a change may take to come
     */
    public ProxyActivities(
            Servers servers, Function<ProxySpec, ProxyServer> kinds, AddressedClient client, Duration bound) {
        this.servers = servers;
        this.kinds = kinds;
        this.proof = new RoutingProof(client, bound);
    }

    @Override
    public Inspection<ProxyFacts> inspectProxy(InspectProxy request) {
        return kinds.apply(request.proxy()).inspect(servers.open(request.source()), servers.open(request.target()));
    }

    @Override
    public BeforeImage lookAtSite(Look<SiteStep> request) {
        MigrationContext migration = request.migration();
        return switch (request.step()) {
            case InstallSite step -> installation(migration, step).look();
            case ServePage _, DrainRequests _, ForwardRequests _ ->
                siteSwitch(migration, request.step()).look();
        };
    }

    @Override
    public Outcome installSite(Act<InstallSite> request) {
        return installation(request.migration(), request.step()).install(request.before());
    }

    @Override
    public Outcome servePage(Act<ServePage> request) {
        return siteSwitch(request.migration(), request.step()).page(request.before());
    }

    @Override
    public Outcome drainRequests(Act<DrainRequests> request) {
        ProxySpec proxy = request.step().proxy();
        long start = System.nanoTime();
        Drained drained = kinds.apply(proxy)
                .drain(
                        servers.open(request.migration().host(request.step().on())),
                        proxy.drain(),
                        () -> Heartbeat.of("waiting for requests that are under way"));
        Duration took = Duration.ofMillis((System.nanoTime() - start) / 1_000_000);
        return Outcome.of(
                drained.left().isEmpty()
                        ? "drained: every request that was under way is finished, after " + Durations.format(took)
                        : "after " + Durations.format(proxy.drain()) + " not all requests were finished: "
                                + drained.left());
    }

    @Override
    public Outcome forwardRequests(Act<ForwardRequests> request) {
        return siteSwitch(request.migration(), request.step()).forward(request.before());
    }

    @Override
    public Outcome stopForwarding(Undo<ForwardRequests> request) {
        return siteSwitch(request.migration(), request.step()).stopForwarding(request.before());
    }

    @Override
    public Outcome restoreSite(Undo<SiteStep> request) {
        MigrationContext migration = request.migration();
        return switch (request.step()) {
            case InstallSite step -> installation(migration, step).remove(request.before());
            case ServePage _, DrainRequests _, ForwardRequests _ ->
                siteSwitch(migration, request.step()).restore(request.before());
        };
    }

    private SiteSwitch siteSwitch(MigrationContext migration, SiteStep step) {
        Side front = step.on();
        return new SiteSwitch(
                kinds.apply(step.proxy()), step.proxy(), migration, front, servers.open(migration.host(front)), proof);
    }

    private SiteInstallation installation(MigrationContext migration, InstallSite step) {
        Side to = step.on();
        return new SiteInstallation(
                kinds.apply(step.proxy()),
                step.proxy(),
                migration,
                to.other(),
                servers.open(migration.host(to.other())),
                servers.open(migration.host(to)));
    }
}
