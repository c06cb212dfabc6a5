package dev.godwit.lab;

import dev.godwit.workflows.Durations;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.plan.Planner;
import dev.godwit.workflows.spec.Budget;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.spec.SpecReader;
import java.time.Duration;
import java.util.List;

/** The spec that moves the lab's site, as an operator writes it. */
public final class DemoSpec {
    /** The secret with the key for ssh. */
    static final String SSH_KEY = "ops";

    /** The secret with the key for the zone. */
    static final String ZONE_KEY = "tsig";

    /** The record's TTL before the migration: long enough that its wait is seen, short enough to watch it. */
    public static final Duration TTL = Duration.ofSeconds(30);

    private DemoSpec() {}

    /**
     * The document.
     *
     * @param soak how long it soaks unless somebody says finish
     * @param decision how long a failure in the outage waits for a person
     */
    public static String yaml(LabEnvironment lab, Duration soak, Duration decision) {
        return """
            # The lab's shop: from old to new, with everything that belongs to it.
            service: %1$s
            source: { host: %2$s, address: %3$s, ssh: { user: root, key: secret:ops, hostKey: "%4$s" } }
            target: { host: %5$s, address: %6$s, ssh: { user: root, key: secret:ops, hostKey: "%7$s" } }
            databases:
              - { name: %8$s, engine: postgresql, copy: dump }
            files:
              - { path: %9$s, exclude: [tmp/] }
            units: [shop.service]
            jobs:
              units: [shop-worker.service]
              crontabs: [shop]
            proxy: { server: nginx, site: %10$s, names: [%1$s], outage: page }
            dns:
              provider: { rfc2136: { server: %11$s, key: secret:tsig } }
              records: [{ name: %1$s, type: A }]
              ttl: { during: 5s }
              servers: [%11$s, %12$s]
            tls: { certificates: [%13$s], renewal: certbot }
            checks:
              - { get: "https://%1$s/health", status: 200, contains: ok }
              - { get: "https://%1$s/", status: 200, contains: Latest orders }
            rehearsal: { start: true }
            gates: { cutover: approval }
            budget: { outage: 15m, decision: %15$s }
            soak: %14$s
            """.formatted(
                        lab.service(),
                        lab.source().name(),
                        lab.source().address(),
                        lab.source().hostKey(),
                        lab.target().name(),
                        lab.target().address(),
                        lab.target().hostKey(),
                        lab.databaseName(),
                        lab.uploads(),
                        lab.proxySite(),
                        lab.nameServers().getFirst().address(),
                        lab.nameServers().getLast().address(),
                        lab.certificate(),
                        Durations.format(soak),
                        Durations.format(decision));
    }

    /** The steps of its plan. They follow from the document alone, so they are known before any server is asked. */
    static List<PlannedStep> steps() {
        Spec spec = SpecReader.read(
                yaml(LabEnvironment.SAMPLE, Duration.ofMinutes(5), Budget.DEFAULT.decision()), SpecReader.Format.YAML);
        Plan plan = Planner.plan(spec, Facts.NONE);
        return plan.steps();
    }
}
