package dev.godwit.workflows.migration;

import dev.godwit.workflows.certificates.TlsSpec;
import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.database.CopyMethod;
import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.PostgresqlDatabase;
import dev.godwit.workflows.dns.DnsFacts;
import dev.godwit.workflows.dns.DnsRecord;
import dev.godwit.workflows.dns.DnsSpec;
import dev.godwit.workflows.dns.RecordFacts;
import dev.godwit.workflows.dns.Rfc2136Provider;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.files.TreeFacts;
import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.hooks.Hook;
import dev.godwit.workflows.notation.SecretRef;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.Outage;
import dev.godwit.workflows.proxy.ProxyFacts;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.server.Side;
import dev.godwit.workflows.server.SshLogin;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.Jobs;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.units.Rehearsal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service with everything that can move, and what a preflight would measure of it. */
public final class Specs {
    static final Duration OBSERVED_TTL = Duration.ofMinutes(5);
    static final Duration SOAK = Duration.ofHours(1);
    static final Duration DECISION = Duration.ofMinutes(5);

    private Specs() {}

    public static Spec shop() {
        return shop(Gates.Cutover.APPROVAL);
    }

    public static Spec shop(Gates.Cutover gate) {
        return shop(
                gate,
                List.of(new Hook(
                        Phase.CUTOVER,
                        "serve-page",
                        null,
                        Side.SOURCE,
                        "echo",
                        "echo undo",
                        Duration.ofMinutes(2),
                        Hook.Effect.NONE)),
                new Budget(null, DECISION));
    }

    public static Spec shop(Gates.Cutover gate, List<Hook> hooks, Budget budget) {
        return new Spec(
                "shop.example.org",
                host("old", "10.66.0.2"),
                host("new", "10.66.0.3"),
                List.of(new PostgresqlDatabase("shop", CopyMethod.DUMP, 5432, null, null)),
                List.of(new FileTree("/srv/shop/uploads", List.of("tmp/"))),
                List.of("shop.service"),
                new Jobs(List.of("shop-worker.service"), List.of("shop")),
                new NginxProxy(
                        "/etc/nginx/sites-enabled/shop",
                        List.of("shop.example.org"),
                        Outage.PAGE,
                        null,
                        Duration.ofSeconds(10)),
                new DnsSpec(
                        new Rfc2136Provider("10.66.0.53", 53, new SecretRef("tsig")),
                        List.of(new DnsRecord("shop.example.org", DnsRecord.Type.A, null)),
                        new DnsSpec.Ttl(Duration.ofSeconds(60)),
                        List.of()),
                new TlsSpec(List.of("/etc/letsencrypt/live/shop.example.org"), TlsSpec.Renewal.CERTBOT),
                List.of(new HttpCheck(URI.create("https://shop.example.org/health"), 200, "ok")),
                hooks,
                Rehearsal.AS_IT_IS,
                new Gates(gate),
                budget,
                SOAK);
    }

    /** Two of everything that there can be two of, and a hook in every phase that may have one. */
    static Spec everything() {
        Spec shop = shop();
        return new Spec(
                shop.service(),
                shop.source(),
                shop.target(),
                List.of(
                        new PostgresqlDatabase("shop", CopyMethod.DUMP, 5432, null, null),
                        new PostgresqlDatabase("blog", CopyMethod.DUMP, 5432, null, null)),
                List.of(
                        new FileTree("/srv/shop/uploads", List.of("tmp/")),
                        new FileTree("/srv/blog/images", List.of())),
                List.of("shop.service", "blog.service"),
                new Jobs(List.of("shop-worker.service", "blog-feed.timer"), List.of("shop", "blog")),
                shop.proxy(),
                shop.dns(),
                shop.tls(),
                shop.checks(),
                List.of(
                        hook(Phase.PREPARE, null, "link-hosts", "undo"),
                        hook(Phase.REHEARSE, "rehearse-compare", null, "undo"),
                        hook(Phase.REHEARSE, null, null, null),
                        hook(Phase.CUTOVER, "serve-page", null, "undo"),
                        hook(Phase.CUTOVER, "forward-requests", null, null),
                        hook(Phase.CUTOVER, null, "forward-requests", "undo"),
                        hook(Phase.SOAK, "soak", null, "undo"),
                        hook(Phase.SOAK, null, null, null),
                        hook(Phase.FINISH, null, null, "undo")),
                new Rehearsal(true, List.of("MAIL_DELIVERY=off")),
                shop.gates(),
                new Budget(Duration.ofHours(1), DECISION),
                Duration.ofMinutes(50));
    }

    public static Hook hook(Phase phase, @Nullable String before, @Nullable String after, @Nullable String undo) {
        return new Hook(phase, before, after, Side.SOURCE, "run", undo, Duration.ofMinutes(2), Hook.Effect.NONE);
    }

    public static Facts facts() {
        return new Facts(
                List.of(new DatabaseFacts("shop", "15.18", 1_000_000_000, 20, "abc")),
                List.of(new TreeFacts("/srv/shop/uploads", 100_000_000, 2_000)),
                new DnsFacts(
                        List.of("10.66.0.53", "10.66.0.54"),
                        List.of(new RecordFacts(
                                "shop.example.org", DnsRecord.Type.A, List.of("10.66.0.2"), OBSERVED_TTL))),
                new ProxyFacts("def", false));
    }

    private static HostSpec host(String name, String address) {
        return new HostSpec(
                name + ".example.org",
                address,
                new SshLogin("root", new SecretRef("ops"), "SHA256:" + "A".repeat(43), 22));
    }
}
