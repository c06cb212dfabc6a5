package dev.godwit.activities.proxy.nginx;

import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.proxy.InspectProxy;
import dev.godwit.workflows.step.SavedFiles;
import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.LiveTarget;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.Servers;
import dev.godwit.activities.http.AddressedClient;
import dev.godwit.activities.proxy.nginx.ConfigReader.Malformed;
import dev.godwit.activities.proxy.nginx.NginxHost.SiteFile;
import dev.godwit.workflows.Durations;
import dev.godwit.workflows.Sha256;
import dev.godwit.workflows.step.Act;
import dev.godwit.workflows.step.FailureType;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.Look;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.proxy.ProxyRouting;
import dev.godwit.workflows.step.Undo;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.SavedFile;
import dev.godwit.workflows.proxy.SiteStep.DrainRequests;
import dev.godwit.workflows.proxy.SiteStep.ForwardRequests;
import dev.godwit.workflows.proxy.SiteStep.InstallSite;
import dev.godwit.workflows.proxy.SiteStep.ServePage;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.ProxySpec;
import dev.godwit.workflows.server.Side;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Requests, switched by replacing the file that holds the service's server blocks.
 *
 * <p>A link to that file (Debian's {@code sites-enabled}) stays what it is: the file behind it is replaced, by a rename.
 * The original, with mode, owner and times, is kept in the state folder under its checksum, and what Godwit puts in its
 * place says in its first line which original it stands for. So every act and undo can tell what is there: the
 * original, the page, the forwarding, or somebody else's change, which is never overwritten.
 */
public final class NginxRouting implements ProxyRouting {
    private static final Duration PROOF = Duration.ofSeconds(10);

    private final Servers servers;
    private final NginxLayout layout;
    private final RoutingProof proof;

    /**
     * @param client takes any certificate, see {@link AddressedClient#accepting}
     */
    public NginxRouting(Servers servers, NginxLayout layout, AddressedClient client) {
        this(servers, layout, client, PROOF);
    }

    NginxRouting(Servers servers, NginxLayout layout, AddressedClient client, Duration bound) {
        this.servers = servers;
        this.layout = layout;
        this.proof = new RoutingProof(client, bound);
    }

    @Override
    public Inspection<ProxyFacts> inspectProxy(InspectProxy request) {
        NginxProxy proxy = nginx(request.proxy());
        return new NginxInspection(
                        proxy,
                        new NginxHost(servers.open(request.source()), layout),
                        new NginxHost(servers.open(request.target()), layout))
                .inspect();
    }

    @Override
    public BeforeImage lookAtSite(Look<SiteStep> request) {
        MigrationContext migration = request.migration();
        NginxProxy proxy = nginx(request.step().proxy());
        return request.step().on() == Side.TARGET ? lookAtTarget(migration, proxy) : lookAtSource(migration, proxy);
    }

    private BeforeImage lookAtTarget(MigrationContext migration, NginxProxy proxy) {
        SiteFile source = siteOnSource(host(migration, Side.SOURCE), migration, proxy, null);
        Server target = servers.open(migration.target());
        host(migration, Side.TARGET).beginInstall(migration.id());
        TreeSet<String> paths = new TreeSet<>(List.of(proxy.site(), source.path()));
        return new SavedFiles(paths.stream()
                .map(path -> target.read(path)
                        .map(content -> new SavedFile(path, true, Sha256.of(content)))
                        .orElseGet(() -> new SavedFile(path, false, null)))
                .toList());
    }

    private BeforeImage lookAtSource(MigrationContext migration, NginxProxy proxy) {
        LiveTarget.refuse(servers.open(migration.source()), migration.id(), "begin the cutover");
        NginxHost host = host(migration, Side.SOURCE);
        SiteFile file = siteOnSource(host, migration, proxy, null);
        Optional<DerivedSite.Mark> mark = file.mark();
        if (mark.isPresent()) {
            // The look of a later step: Godwit's own file is in place already, and it names the original.
            return image(file.path(), ownedBy(migration, mark.get()).original());
        }
        host.save(file, migration.id());
        return image(file.path(), file.sha256());
    }

    private static BeforeImage image(String path, String sha256) {
        return new SavedFiles(List.of(new SavedFile(path, true, sha256)));
    }

    @Override
    public Outcome installSite(Act<InstallSite> request) {
        MigrationContext migration = request.migration();
        NginxProxy proxy = nginx(request.step().proxy());
        NginxHost source = host(migration, Side.SOURCE);
        NginxHost target = host(migration, Side.TARGET);
        SiteFile site = siteOnSource(source, migration, proxy, null);
        Optional<SiteFile> there = target.read(proxy.site(), migration.id(), null);
        String did;
        if (there.isEmpty()) {
            refuseOther(migration, site);
            target.install(proxy.site(), site, migration.id());
            did = "installed " + proxy.site() + " on the target; nginx accepts it and has reloaded";
        } else if (there.get().sha256().equals(site.sha256())) {
            if (isNew(request.before(), proxy)) {
                // An attempt before this one installed it, and may have been cut off before its reload.
                target.reload(there.get().path());
            }
            did = "the target has the same " + proxy.site() + " already";
        } else {
            did = "the target has a " + proxy.site() + " of its own, which stays as it is";
        }
        Set<Integer> ports = parsed(source, site).ports(proxy.names());
        for (int port : ports) {
            Heartbeat.of("asking whether the source reaches port " + port + " of the target");
            String reach = source.reach(target.address(), port);
            if (!reach.equals("open") && !reach.equals("unknown")) {
                throw FailureType.PROXY_NOT_PROVED.because("Expected the source to reach port " + port
                        + " of the target at " + target.address()
                        + ", because it will forward requests there, but found: "
                        + reach + "; look at the target's firewall and at what its nginx listens on");
            }
        }
        return Outcome.of(did + "; the source reaches its "
                + Words.list(ports.stream().map(port -> "port " + port).toList()));
    }

    private static boolean isNew(BeforeImage before, NginxProxy proxy) {
        return before instanceof SavedFiles files
                && files.files().stream().anyMatch(file -> file.path().equals(proxy.site()) && !file.existed());
    }

    /** A file under the same name that is not enabled belongs to somebody: it is not overwritten. */
    private void refuseOther(MigrationContext migration, SiteFile site) {
        servers.open(migration.target())
                .read(site.path())
                .filter(content -> !Sha256.of(content).equals(site.sha256()))
                .ifPresent(content -> {
                    throw FailureType.SPEC_MISMATCH.because("Expected no " + site.path() + " on the target, or the"
                            + " source's, but found another one that is not enabled; remove it, or enable it yourself");
                });
    }

    @Override
    public Outcome servePage(Act<ServePage> request) {
        NginxProxy proxy = nginx(request.step().proxy());
        MigrationContext migration = request.migration();
        LiveTarget.refuse(servers.open(migration.source()), migration.id(), "serve the maintenance page");
        Original original = original(request.migration(), proxy, request.before());
        return Outcome.of(servePage(original, proxy));
    }

    private String servePage(Original original, NginxProxy proxy) {
        DerivedSite page = original.page(proxy);
        List<Endpoint> endpoints = endpoints(original, proxy);
        if (original.shows(page) && proof.showsPage(endpoints, page.nonce())) {
            return "the page is up already" + places(endpoints);
        }
        original.put(page);
        proof.page(endpoints, page.nonce());
        return "the page answers with status 503 and the nonce " + page.nonce() + places(endpoints);
    }

    @Override
    public Outcome forwardRequests(Act<ForwardRequests> request) {
        NginxProxy proxy = nginx(request.step().proxy());
        MigrationContext migration = request.migration();
        Original original = original(migration, proxy, request.before());
        if (original.live().mark().isEmpty()) {
            // The page's own step is done: an attempt of this one finds the page, or the forwarding of one before it.
            throw FailureType.SPEC_MISMATCH.because("Expected the maintenance page in the place of " + proxy.site()
                    + " on the source, but found the site's own configuration: somebody has put it back, and the source"
                    + " may serve; it stays as it is; roll back");
        }
        String target = migration.target().address();
        DerivedSite forward = original.forward(proxy);
        List<Endpoint> endpoints = endpoints(original, proxy);
        if (original.shows(forward) && proof.showsForward(endpoints, forward.nonce(), target)) {
            return Outcome.of("requests are forwarded already" + places(endpoints));
        }
        // An attempt before this one may have left its forwarding behind: that is not proved, so nobody goes there.
        servePage(original, proxy);
        proveTarget(original, proxy, endpoints);
        boolean first = original.host().markForwarded(migration.id());
        try {
            // Whatever was there when it was read, the page is there now.
            original.host().replace(original.live().path(), forward.bytes());
            proof.forward(endpoints, forward.nonce(), target);
        } catch (ApplicationFailure notProved) {
            if (first && FailureType.PROXY_CONFIG_INVALID.name().equals(notProved.getType())) {
                original.host().unmarkForwarded(migration.id());
            }
            throw pageAgain(request, proxy, notProved);
        }
        return Outcome.of(
                "requests are answered by " + target + ", proved by the nonce " + forward.nonce() + places(endpoints));
    }

    /** Proves the way to the target while visitors still see the page. */
    private void proveTarget(Original original, NginxProxy proxy, List<Endpoint> endpoints) {
        try {
            proof.probe(
                    endpoints,
                    original.page(proxy),
                    original.migration().target().address());
        } catch (ApplicationFailure notProved) {
            throw withMore(notProved, "; the page is still up, and nobody was sent to the target");
        }
    }

    /**
     * Serves the page again before a failure is reported: between two attempts nothing leaks through to a target whose
     * copy may yet be dropped.
     */
    private ApplicationFailure pageAgain(Act<ForwardRequests> request, NginxProxy proxy, ApplicationFailure notProved) {
        if (Thread.currentThread().isInterrupted()) {
            // The worker is being stopped, or the step was cancelled: the next attempt or the undo finds what is there.
            return notProved;
        }
        // Throws if this attempt is over for the engine: a later one may have proved what would be taken away here.
        Heartbeat.of("serving the page again");
        try {
            servePage(original(request.migration(), proxy, request.before()), proxy);
            return withMore(notProved, "; the page is up again, so nothing is forwarded until the next attempt");
        } catch (ApplicationFailure again) {
            return withMore(
                    notProved,
                    "; and the page could not be served again, so requests may still be forwarded: "
                            + again.getOriginalMessage());
        }
    }

    private static ApplicationFailure withMore(ApplicationFailure failure, String more) {
        return ApplicationFailure.newBuilder(failure)
                .setMessage(failure.getOriginalMessage() + more)
                .build();
    }

    private static String places(List<Endpoint> endpoints) {
        return ": " + Words.list(endpoints.stream().map(Endpoint::toString).toList());
    }

    @Override
    public Outcome drainRequests(Act<DrainRequests> request) {
        NginxProxy proxy = nginx(request.step().proxy());
        long start = System.nanoTime();
        String[] result = host(request.migration(), Side.SOURCE)
                .drain(
                        (int) Math.min(Integer.MAX_VALUE / 20, proxy.drain().toSeconds()),
                        second -> Heartbeat.of("waiting for requests that are under way"))
                .split(" ", 3);
        Duration took = Duration.ofMillis((System.nanoTime() - start) / 1_000_000);
        return Outcome.of(
                result.length == 3
                        ? "after " + Durations.format(proxy.drain()) + " not all requests were finished: " + result[1]
                                + " old worker" + (result[1].equals("1") ? "" : "s") + " of nginx with " + result[2]
                                + " open sockets (to visitors and to the application) "
                                + (result[1].equals("1") ? "was" : "were") + " ended"
                        : "drained: every request that was under way is finished, after " + Durations.format(took));
    }

    @Override
    public Outcome stopForwarding(Undo<ForwardRequests> request) {
        MigrationContext migration = request.migration();
        NginxProxy proxy = nginx(request.step().proxy());
        NginxHost host = host(migration, Side.SOURCE);
        boolean ours = siteToPutBack(host, migration, proxy, request.before())
                .mark()
                .filter(mark -> mark.migration().equals(migration.id()))
                .isPresent();
        String did = ours
                ? servePage(original(migration, proxy, request.before()), proxy)
                : "requests were not forwarded; nothing to do";
        return host.wasForwarded(migration.id()) ? Outcome.afterTargetServed(did) : Outcome.of(did);
    }

    @Override
    public Outcome restoreSite(Undo<SiteStep> request) {
        MigrationContext migration = request.migration();
        NginxProxy proxy = nginx(request.step().proxy());
        return request.step().on() == Side.TARGET
                ? removeFromTarget(migration, request.before())
                : restoreOnSource(migration, proxy, request.before());
    }

    private Outcome removeFromTarget(MigrationContext migration, BeforeImage before) {
        NginxHost host = host(migration, Side.TARGET);
        // Without the list, a build that kept none may have installed all that was not there.
        Optional<List<String>> made = host.made(migration.id());
        List<String> added = before instanceof SavedFiles files
                ? files.files().stream()
                        .filter(file -> !file.existed())
                        .map(SavedFile::path)
                        .filter(path -> made.map(paths -> paths.contains(path)).orElse(true))
                        .toList()
                : List.of();
        if (added.isEmpty()) {
            return Outcome.of("the target's site is not Godwit's; it stays");
        }
        host.remove(added);
        return Outcome.of(Words.list(added) + (added.size() == 1 ? " is" : " are") + " not on the target any more");
    }

    private Outcome restoreOnSource(MigrationContext migration, NginxProxy proxy, BeforeImage before) {
        NginxHost host = host(migration, Side.SOURCE);
        SiteFile live = siteToPutBack(host, migration, proxy, before);
        Optional<DerivedSite.Mark> mark = live.mark();
        if (mark.isPresent() && !mark.get().migration().equals(migration.id())) {
            return Outcome.of(proxy.site() + " is not Godwit's of this migration; it stays as it is");
        }
        if (mark.isPresent()) {
            String sha256 = sha256(before).orElse(mark.get().original());
            host.restore(live.path(), migration.id(), sha256);
            live = siteToPutBack(host, migration, proxy, before);
        }
        List<Endpoint> endpoints = parsed(host, live).endpoints(proxy.names(), host.address());
        if (mark.isEmpty() && !proof.showsNothingOfOurs(endpoints)) {
            // An attempt before this one was cut off between the rename and the reload.
            host.reload(live.path());
        }
        proof.gone(endpoints);
        return Outcome.of("the site's own configuration answers" + places(endpoints));
    }

    /** Without its file nginx still serves what it has loaded, and nobody could say that the page is gone. */
    private SiteFile siteToPutBack(NginxHost host, MigrationContext migration, NginxProxy proxy, BeforeImage before) {
        Optional<String> sha256 = sha256(before);
        return host.read(proxy.site(), migration.id(), sha256.orElse(null))
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because("Expected " + proxy.site()
                        + " on the source, where Godwit puts the site's own configuration back, but found none; put the"
                        + " link or the file back as it was"
                        + sha256.map(known ->
                                        " (its content is kept as " + NginxHost.savedPath(migration.id(), known) + ")")
                                .orElse("")
                        + ", then try again"));
    }

    /** The site as it was found, and what stands in its place now. */
    private record Original(NginxHost host, MigrationContext migration, String sha256, Site site, SiteFile live) {
        DerivedSite page(NginxProxy proxy) {
            return DerivedSite.page(
                    site,
                    proxy.names(),
                    migration.id(),
                    sha256,
                    migration.target().address(),
                    proxy.page());
        }

        DerivedSite forward(NginxProxy proxy) {
            return DerivedSite.forward(
                    site,
                    proxy.names(),
                    migration.id(),
                    sha256,
                    migration.target().address());
        }

        boolean shows(DerivedSite derived) {
            return live.mark()
                    .map(DerivedSite.Mark::nonce)
                    .filter(derived.nonce()::equals)
                    .isPresent();
        }

        void put(DerivedSite derived) {
            if (shows(derived)) {
                // The file is there but the answers are not: an attempt was cut off before its reload.
                host.reload(live.path());
            } else {
                host.replace(live.path(), derived.bytes());
            }
        }
    }

    private Original original(MigrationContext migration, NginxProxy proxy, BeforeImage before) {
        NginxHost host = host(migration, Side.SOURCE);
        String sha256 = sha256(before)
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because(
                        "Expected the before-image of " + proxy.site() + ", but found none; look at the site first"));
        SiteFile live = siteOnSource(host, migration, proxy, sha256);
        Optional<DerivedSite.Mark> mark = live.mark();
        String standsFor =
                mark.map(found -> ownedBy(migration, found).original()).orElse(live.sha256());
        if (!standsFor.equals(sha256)) {
            throw FailureType.SPEC_MISMATCH.because(
                    "Expected " + proxy.site() + " on the source as it was found (SHA-256 " + sha256
                            + "), but somebody has changed it since; Godwit does not overwrite that; start again");
        }
        byte[] content = live.saved()
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because("Expected the original of " + proxy.site()
                        + " in Godwit's state folder on the source, but found none"));
        return new Original(host, migration, sha256, parsed(host, live.path(), content), live);
    }

    private static Optional<String> sha256(BeforeImage before) {
        return before instanceof SavedFiles files && !files.files().isEmpty()
                ? Optional.ofNullable(files.files().getFirst().sha256())
                : Optional.empty();
    }

    private static DerivedSite.Mark ownedBy(MigrationContext migration, DerivedSite.Mark mark) {
        if (!mark.migration().equals(migration.id())) {
            throw FailureType.SPEC_MISMATCH.because("Expected the site's own configuration on the source, but found one"
                    + " that Godwit put there for the migration " + mark.migration()
                    + "; finish or roll back that one");
        }
        return mark;
    }

    private static List<Endpoint> endpoints(Original original, NginxProxy proxy) {
        List<Endpoint> endpoints =
                original.site().endpoints(proxy.names(), original.host().address());
        if (endpoints.isEmpty()) {
            throw FailureType.SPEC_MISMATCH.because(
                    "Expected server blocks for " + Words.list(proxy.names()) + " in " + proxy.site()
                            + " that listen where Godwit can ask, but found none; correct the names or the file");
        }
        return endpoints;
    }

    private SiteFile siteOnSource(
            NginxHost host, MigrationContext migration, NginxProxy proxy, @Nullable String sha256) {
        return host.read(proxy.site(), migration.id(), sha256)
                .orElseThrow(() -> FailureType.SPEC_MISMATCH.because(
                        "Expected the file " + proxy.site() + " on the source, but found none; correct proxy.site"));
    }

    private static Site parsed(NginxHost host, SiteFile file) {
        return parsed(host, file.path(), file.content());
    }

    private static Site parsed(NginxHost host, String path, byte[] content) {
        try {
            return Site.read(content, host::included);
        } catch (Malformed e) {
            throw FailureType.PROXY_CONFIG_INVALID.because("Expected " + path + " on " + host.name()
                    + " in nginx's language, but in " + e.getMessage() + "; correct it");
        }
    }

    private NginxHost host(MigrationContext migration, Side side) {
        return new NginxHost(servers.open(migration.host(side)), layout);
    }

    private static NginxProxy nginx(ProxySpec proxy) {
        return switch (proxy) {
            case NginxProxy nginx -> nginx;
        };
    }
}
