package dev.godwit.activities.inspection;

import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.FileTree;
import dev.godwit.workflows.spec.Gates;
import dev.godwit.workflows.spec.HostSpec;
import dev.godwit.workflows.spec.Jobs;
import dev.godwit.workflows.spec.NginxProxy;
import dev.godwit.workflows.spec.Outage;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.spec.TlsSpec;
import java.time.Duration;
import java.util.List;

/** Specs for tests of the inspection. */
final class Specs {
    private Specs() {}

    static Spec of(HostSpec source, HostSpec target, List<String> units, Jobs jobs) {
        return new Spec(
                "shop.example.org",
                source,
                target,
                List.of(),
                List.of(new FileTree("/srv/shop/uploads", List.of())),
                units,
                jobs,
                new NginxProxy(
                        "/etc/nginx/sites-enabled/shop",
                        List.of("shop.example.org"),
                        Outage.PAGE,
                        null,
                        Duration.ofSeconds(10)),
                null,
                TlsSpec.NONE,
                List.of(),
                List.of(),
                Gates.DEFAULT,
                Budget.DEFAULT,
                Duration.ofDays(3));
    }
}
