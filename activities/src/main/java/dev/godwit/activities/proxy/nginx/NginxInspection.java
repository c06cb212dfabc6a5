package dev.godwit.activities.proxy.nginx;

import dev.godwit.activities.Heartbeat;
import dev.godwit.activities.host.Server;
import dev.godwit.activities.host.StateFolder;
import dev.godwit.activities.proxy.DerivedSite;
import dev.godwit.activities.proxy.Places;
import dev.godwit.activities.proxy.SiteFile;
import dev.godwit.activities.proxy.SiteFiles;
import dev.godwit.activities.proxy.nginx.ConfigReader.Malformed;
import dev.godwit.workflows.Words;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.step.Findings;
import dev.godwit.workflows.step.Inspection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The preflight's look at nginx on both sides. It changes nothing. */
final class NginxInspection {
    private static final Pattern VERSION = Pattern.compile("nginx version: (\\S+)");
    private static final Set<String> BY_ADDRESS = Set.of("allow", "deny", "limit_req", "limit_conn", "geo");

    private static final List<String> FORWARDING = List.of("proxy", "map", "rewrite", "upstream_keepalive");

    private final NginxProxy proxy;
    private final Server server;
    private final NginxHost source;
    private final NginxHost target;
    private final SiteFiles sourceFiles;
    private final SiteFiles targetFiles;
    private final Findings findings = new Findings();

    NginxInspection(NginxProxy proxy, Server source, Server target, NginxLayout layout) {
        this.proxy = proxy;
        this.server = source;
        this.source = new NginxHost(source, layout);
        this.target = new NginxHost(target, layout);
        this.sourceFiles = new SiteFiles(source);
        this.targetFiles = new SiteFiles(target);
    }

    Inspection<ProxyFacts> inspect() {
        Map<String, String> onSource = source.inspect(proxy.page());
        Map<String, String> onTarget = target.inspect(null);
        boolean sourceRuns = runs(onSource, "source");
        boolean targetRuns = runs(onTarget, "target");
        Optional<SiteFile> file = sourceFiles.read(proxy.site());
        if (file.isEmpty()) {
            findings.at("/proxy/site")
                    .blocker(
                            "nginx-site-missing",
                            "Expected the file " + proxy.site() + " on the source, but found none",
                            "name the file with the service's server blocks");
            return findings.alone();
        }
        Optional<SiteFile> there = targetFiles.read(proxy.site());
        Optional<Site> site = parse(file.get());
        site.ifPresent(found -> lookAtSite(found, onSource, onTarget, sourceRuns));
        if (targetRuns) {
            lookAtTarget(file.get(), there, onTarget);
        }
        return findings.with(new ProxyFacts(
                file.get()
                        .mark()
                        .map(DerivedSite.Mark::original)
                        .orElse(file.get().sha256()),
                there.isPresent()));
    }

    private boolean runs(Map<String, String> host, String where) {
        if (host.containsKey("missing")) {
            findings.at(where)
                    .blocker("nginx-missing", "Expected nginx on the " + where + ", but found none", "install nginx");
            return false;
        }
        Matcher version = VERSION.matcher(host.getOrDefault("built", ""));
        findings.at(where)
                .note("nginx-version", "The " + where + " has " + (version.find() ? version.group(1) : "nginx"));
        if (!host.containsKey("running")) {
            findings.at(where)
                    .blocker(
                            "nginx-stopped",
                            "Expected nginx to run on the " + where + ", but found no master process",
                            "systemctl enable --now nginx");
        }
        String[] test = host.getOrDefault("test", "1").split(" ", 2);
        if (!test[0].equals("0")) {
            findings.at(where)
                    .blocker(
                            "nginx-config-invalid",
                            "Expected nginx on the " + where + " to accept its configuration, but found: "
                                    + (test.length > 1 ? text(test[1]).strip() : "no answer"),
                            "correct it until 'nginx -t' succeeds");
        }
        return host.containsKey("running") && test[0].equals("0");
    }

    private Optional<Site> parse(SiteFile file) {
        try {
            return Optional.of(Site.read(file.content(), source::included));
        } catch (Malformed e) {
            findings.at("/proxy/site")
                    .blocker(
                            "nginx-site-unreadable",
                            "Expected nginx's language in " + proxy.site() + ", but in " + e.getMessage(),
                            "write this part in a way that Godwit understands, or move it to a file of its own");
            return Optional.empty();
        }
    }

    private void lookAtSite(Site site, Map<String, String> onSource, Map<String, String> onTarget, boolean sourceRuns) {
        lookAtNames(site);
        lookAtListens(site, sourceRuns);
        lookAtRules(site);
        lookAtPage(onSource, sourceRuns);
        boolean tls = site.serversFor(proxy.names()).stream()
                .flatMap(server -> server.listens().stream())
                .anyMatch(Listen::tls);
        List<String> lacking = FORWARDING.stream()
                .filter(module -> onSource.getOrDefault("built", "").contains("--without-http_" + module + "_module"))
                .toList();
        if (!lacking.isEmpty()) {
            findings.at("source")
                    .blocker(
                            "nginx-modules",
                            "Expected nginx on the source with the modules that forward requests, but found it built without "
                                    + Words.list(lacking),
                            "install a build that can forward requests");
        }
        if (tls
                && onTarget.containsKey("built")
                && !onTarget.getOrDefault("built", "").contains("http_ssl_module")) {
            findings.at("target")
                    .blocker(
                            "nginx-modules",
                            "Expected nginx on the target with TLS, but found it built without http_ssl_module",
                            "install a build with TLS");
        }
        lookAtPath(site);
    }

    private void lookAtNames(Site site) {
        List<String> unanswered = site.unanswered(proxy.names());
        if (!unanswered.isEmpty()) {
            findings.at("/proxy/names")
                    .blocker(
                            "nginx-names",
                            "Expected server blocks for " + Words.list(proxy.names()) + " in " + proxy.site()
                                    + ", but found none for " + Words.list(unanswered),
                            "name the file that holds them, or correct the names");
        }
        List<String> more = site.serversFor(proxy.names()).stream()
                .flatMap(server -> server.names().stream())
                .filter(name ->
                        !name.isEmpty() && proxy.names().stream().noneMatch(asked -> asked.equalsIgnoreCase(name)))
                .distinct()
                .toList();
        if (!more.isEmpty()) {
            findings.at("/proxy/names")
                    .warning(
                            "nginx-more-names",
                            "The server blocks also answer to " + Words.list(more)
                                    + ": these names meet the page and move along",
                            "add them to proxy.names, or give them server blocks of their own");
        }
    }

    private void lookAtListens(Site site, boolean sourceRuns) {
        boolean proxyProtocol = site.serversFor(proxy.names()).stream()
                .flatMap(server -> server.listens().stream())
                .anyMatch(Listen::proxyProtocol);
        if (proxyProtocol) {
            findings.at("/proxy/site")
                    .blocker(
                            "nginx-proxy-protocol",
                            "Expected the site to take plain HTTP or TLS, but found 'proxy_protocol' in a listen: nginx cannot"
                                    + " forward that to the target",
                            "add a listen without proxy_protocol on a port of its own, and let the load balancer use it");
        }
        if (!sourceRuns || !site.unanswered(proxy.names()).isEmpty()) {
            return;
        }
        Places places = Places.of(server, NginxSite.of(site, proxy));
        if (places.asked().isEmpty()) {
            findings.at("/proxy/site")
                    .blocker(
                            "nginx-listen",
                            "Expected the site to listen at " + source.address()
                                    + " or where the source itself can ask, but" + " found only "
                                    + Words.list(places.notAsked()),
                            "use as source.address an address at which the site listens");
        } else if (!places.notAsked().isEmpty()) {
            findings.at("/proxy/site")
                    .warning(
                            "nginx-listen-unproved",
                            "The site also listens where Godwit cannot ask what it answers: "
                                    + Words.list(places.notAsked()),
                            "if visitors come that way, see in the cutover that they meet the page, and then the target");
        }
    }

    private void lookAtRules(Site site) {
        Set<String> rules = site.serversFor(proxy.names()).stream()
                .flatMap(Site.Server::deep)
                .map(Directive::name)
                .filter(BY_ADDRESS::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!rules.isEmpty()) {
            findings.at("/proxy/site")
                    .warning(
                            "nginx-by-address",
                            "The site uses " + Words.list(List.copyOf(rules))
                                    + ", and requests that the source forwards reach"
                                    + " the target from the source's address",
                            "on the target let nginx trust the source: 'set_real_ip_from " + source.address()
                                    + "; real_ip_header X-Forwarded-For;'");
        }
        List<String> access = site.serversFor(proxy.names()).stream()
                .filter(NginxSite::hasExemptions)
                .flatMap(server -> server.content().stream())
                .filter(NginxSite::isAccess)
                .map(Directive::name)
                .distinct()
                .sorted()
                .toList();
        if (!access.isEmpty()) {
            findings.at("/proxy/site")
                    .warning(
                            "nginx-access",
                            "The site has " + Words.list(access)
                                    + " for everything, and other rules about access in some"
                                    + " locations: while the source forwards it applies none of them itself, so that the target's"
                                    + " alone hold",
                            "see that the target applies the same rules to what the source forwards");
        }
        boolean clientCertificates = site.serversFor(proxy.names()).stream()
                .flatMap(Site.Server::deep)
                .anyMatch(directive -> directive.name().equals("ssl_verify_client")
                        && !directive.first().orElse("off").equals("off"));
        if (clientCertificates) {
            findings.at("/proxy/site")
                    .warning(
                            "nginx-client-certificates",
                            "The site asks visitors for certificates, and these cannot be forwarded to the target",
                            "let the target accept requests from the source without them while it forwards");
        }
        boolean grpc = site.serversFor(proxy.names()).stream()
                .flatMap(Site.Server::deep)
                .anyMatch(directive -> directive.name().equals("grpc_pass"));
        if (grpc) {
            findings.at("/proxy/site")
                    .warning(
                            "nginx-grpc",
                            "The site serves gRPC, which the source forwards only over HTTP/1.1: gRPC calls will fail until DNS"
                                    + " points at the target",
                            "move gRPC under a name of its own");
        }
    }

    private void lookAtPage(Map<String, String> onSource, boolean sourceRuns) {
        String page = proxy.page();
        if (page == null || !sourceRuns || onSource.containsKey("page")) {
            return;
        }
        String found = onSource.containsKey("unreadable")
                ? "that " + onSource.get("unreadable") + ", as whom nginx works, cannot read it"
                : "no such file";
        findings.at("/proxy/page")
                .blocker(
                        "nginx-page",
                        "Expected the maintenance page " + page + " on the source, but found " + found,
                        "correct the path or its modes, or leave proxy.page out: Godwit has a page of its own");
    }

    private void lookAtPath(Site site) {
        for (int port : site.ports(proxy.names())) {
            Heartbeat.of("asking whether the source reaches port " + port + " of the target");
            String reach = sourceFiles.reach(target.address(), port);
            String asked = "Asked from the source, port " + port + " of the target (" + target.address() + ") ";
            switch (reach) {
                case "open" -> findings.at("target").note("nginx-path", asked + "is open");
                case "unknown" ->
                    findings.at("target").note("nginx-path", asked + "could not be tried: the source has no bash");
                case "refused" ->
                    findings.at("target").note("nginx-path", asked + "is reached, and nothing listens there yet");
                default ->
                    findings.at("target")
                            .blocker(
                                    "nginx-path",
                                    "Expected the source to reach port " + port + " of the target at "
                                            + target.address() + ", because it will forward requests there, but found: "
                                            + reach,
                                    "open the port in the target's firewall for " + source.address());
            }
        }
    }

    private void lookAtTarget(SiteFile file, Optional<SiteFile> there, Map<String, String> onTarget) {
        Optional<DerivedSite.Mark> mark = there.flatMap(SiteFile::mark);
        if (mark.isPresent()) {
            String migration = mark.get().migration();
            findings.at("target")
                    .blocker(
                            "nginx-target-forwards",
                            "Expected a site of its own on the target, or none, but found that " + proxy.site()
                                    + " there is Godwit's, of the migration " + migration
                                    + ": it sends visitors to another server",
                            "put the original back on the target, and reload nginx: " + StateFolder.archive(migration)
                                    + "/proxy/" + mark.get().original());
            return;
        }
        if (there.isPresent()) {
            boolean same = there.get().sha256().equals(file.sha256());
            findings.at("target")
                    .note(
                            "nginx-site-on-target",
                            "The target has " + proxy.site() + " already, "
                                    + (same
                                            ? "the same as the source's"
                                            : "not the same as the source's; it stays as it is"));
            return;
        }
        List<String> taken = proxy.names().stream()
                .filter(name -> answers(onTarget.getOrDefault("dump", ""), name))
                .toList();
        if (!taken.isEmpty()) {
            findings.at("target")
                    .warning(
                            "nginx-target-names",
                            "The target's nginx has server blocks for " + Words.list(taken) + " in another file than "
                                    + proxy.site() + ": nginx would ignore one of the two",
                            "remove them, or move them to " + proxy.site());
        }
    }

    /** Whether a configuration, as {@code nginx -T} prints it, has a server block that names a host. */
    private static boolean answers(String dump, String name) {
        try {
            return ConfigReader.read(text(dump)).stream()
                    .flatMap(Directive::deep)
                    .filter(directive -> directive.name().equals("server_name"))
                    .anyMatch(directive ->
                            directive.parameters().stream().anyMatch(other -> other.equalsIgnoreCase(name)));
        } catch (Malformed e) {
            // nginx accepts what Godwit does not understand; the test after the installation speaks for nginx.
            return false;
        }
    }

    private static String text(String base64) {
        return new String(NginxHost.decoded(base64), StandardCharsets.UTF_8);
    }
}
