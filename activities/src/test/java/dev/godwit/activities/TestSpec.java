package dev.godwit.activities;

import dev.godwit.workflows.certificates.TlsSpec;
import dev.godwit.workflows.checks.HttpCheck;
import dev.godwit.workflows.dns.DnsSpec;
import dev.godwit.workflows.files.FileTree;
import dev.godwit.workflows.gates.Gates;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.Outage;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.Jobs;
import dev.godwit.workflows.spec.Spec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A spec with as much in it as a test needs. */
public final class TestSpec {
    private final HostSpec source;
    private final HostSpec target;
    private List<FileTree> files = List.of();
    private List<String> units = List.of();
    private Jobs jobs = Jobs.NONE;
    private NginxProxy proxy = proxy("shop.example.org");
    private @Nullable DnsSpec dns;
    private TlsSpec tls = TlsSpec.NONE;
    private List<HttpCheck> checks = List.of();

    private TestSpec(HostSpec source, HostSpec target) {
        this.source = source;
        this.target = target;
    }

    /** A spec of a service that has nothing but a site. */
    public static TestSpec between(HostSpec source, HostSpec target) {
        return new TestSpec(source, target);
    }

    private static NginxProxy proxy(String... names) {
        return new NginxProxy(
                "/etc/nginx/sites-enabled/shop", List.of(names), Outage.PAGE, null, Duration.ofSeconds(10));
    }

    public TestSpec files(FileTree... trees) {
        files = List.of(trees);
        return this;
    }

    public TestSpec units(List<String> names) {
        units = names;
        return this;
    }

    public TestSpec jobs(Jobs some) {
        jobs = some;
        return this;
    }

    public TestSpec proxy(NginxProxy other) {
        proxy = other;
        return this;
    }

    public TestSpec names(String... names) {
        proxy = proxy(names);
        return this;
    }

    public TestSpec dns(DnsSpec some) {
        dns = some;
        return this;
    }

    public TestSpec tls(TlsSpec some) {
        tls = some;
        return this;
    }

    public TestSpec checks(HttpCheck... some) {
        checks = List.of(some);
        return this;
    }

    public Spec build() {
        return new Spec(
                "shop.example.org",
                source,
                target,
                List.of(),
                files,
                units,
                jobs,
                proxy,
                dns,
                tls,
                checks,
                List.of(),
                null,
                Gates.DEFAULT,
                Budget.DEFAULT,
                Duration.ofDays(3));
    }
}
