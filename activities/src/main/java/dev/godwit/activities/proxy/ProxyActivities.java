package dev.godwit.activities.proxy;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.proxy.ProxyServer.Drained;
import dev.godwit.activities.proxy.nginx.NginxLayout;
import dev.godwit.activities.proxy.nginx.NginxServer;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.activity.Act;
import dev.godwit.workflows.activity.Inspect;
import dev.godwit.workflows.activity.Inspection;
import dev.godwit.workflows.activity.Look;
import dev.godwit.workflows.activity.MigrationContext;
import dev.godwit.workflows.activity.Outcome;
import dev.godwit.workflows.activity.ProxyRouting;
import dev.godwit.workflows.activity.Undo;
import dev.godwit.workflows.plan.BeforeImage;
import dev.godwit.workflows.plan.Step.DrainRequests;
import dev.godwit.workflows.plan.Step.ForwardRequests;
import dev.godwit.workflows.plan.Step.InstallSite;
import dev.godwit.workflows.plan.Step.ServePage;
import dev.godwit.workflows.plan.Step.SiteStep;
import dev.godwit.workflows.spec.NginxProxy;
import dev.godwit.workflows.spec.ProxySpec;
import dev.godwit.workflows.spec.Side;
import java.time.Duration;
import java.util.function.Function;

/** Hands each site to its proxy server. */
public final class ProxyActivities implements ProxyRouting {
    private static final Duration PROOF = Duration.ofSeconds(10);

    private final Servers servers;
    private final Function<ProxySpec, ProxyServer> kinds;
    private final RoutingProof proof;

    /**
     * @param client takes any certificate, see {@link AddressedClient#accepting}
     */
    public ProxyActivities(Servers servers, AddressedClient client) {
        this(servers, ProxyActivities::packaged, client, PROOF);
    }

    /**
     * @param kinds the proxy server of a spec
     * @param bound how long the proof of a change may take to come
     */
    public ProxyActivities(
            Servers servers, Function<ProxySpec, ProxyServer> kinds, AddressedClient client, Duration bound) {
        this.servers = servers;
        this.kinds = kinds;
        this.proof = new RoutingProof(client, bound);
    }

    private static ProxyServer packaged(ProxySpec proxy) {
        return switch (proxy) {
            case NginxProxy nginx -> new NginxServer(nginx, NginxLayout.PACKAGED);
        };
    }

    @Override
    public Inspection inspectProxy(Inspect request) {
        return kinds.apply(request.spec().proxy())
                .inspect(
                        servers.open(request.spec().source()),
                        servers.open(request.spec().target()));
    }

    @Override
    public BeforeImage lookAtSite(Look<SiteStep> request) {
        MigrationContext migration = request.migration();
        return switch (request.step()) {
            case InstallSite step -> installation(migration, step).look();
            case ServePage step -> siteSwitch(migration, step).look();
            case ForwardRequests step -> siteSwitch(migration, step).look();
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
            case ServePage step -> siteSwitch(migration, step).restore(request.before());
            case ForwardRequests step -> siteSwitch(migration, step).restore(request.before());
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
