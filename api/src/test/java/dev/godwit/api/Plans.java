package dev.godwit.api;

import dev.godwit.workflows.gates.Gate;
import dev.godwit.workflows.link.LinkStep;
import dev.godwit.workflows.migration.PreflightWorkflow;
import dev.godwit.workflows.plan.Facts;
import dev.godwit.workflows.plan.Plan;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.plan.PlannedStep;
import dev.godwit.workflows.proxy.NginxProxy;
import dev.godwit.workflows.proxy.Outage;
import dev.godwit.workflows.proxy.SiteStep;
import dev.godwit.workflows.spec.Spec;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;

/** The plan of every fake migration. */
final class Plans {
    static final String HASH = "a".repeat(64);
    static final String OTHER_HASH = "b".repeat(64);

    private Plans() {}

    static PlanReport report(String kind) {
        List<Finding> findings = kind.equals("blocked")
                ? List.of(Finding.blocker("disk-space", "target", "Expected 5 GB, but found 1 GB", "make room"))
                : List.of(Finding.note("clock", "source", "Expected equal clocks, and found them", "do nothing"));
        return new PlanReport(
                findings,
                Facts.NONE,
                new Plan(
                        kind.equals("changed") ? OTHER_HASH : HASH,
                        List.of(
                                new PlannedStep(
                                        "link-hosts", Phase.PREPARE, 1, new LinkStep.LinkHosts(), Duration.ZERO),
                                new PlannedStep(
                                        "copy-database.shop",
                                        Phase.PREPARE,
                                        2,
                                        new Gate.WaitOutTtl(Duration.ofMinutes(5)),
                                        Duration.ofMinutes(5)),
                                new PlannedStep(
                                        "await-approval", Phase.REHEARSE, 3, new Gate.AwaitApproval(), Duration.ZERO),
                                new PlannedStep(
                                        "forward-requests",
                                        Phase.CUTOVER,
                                        4,
                                        new SiteStep.ForwardRequests(new NginxProxy(
                                                "/etc/nginx/sites-enabled/shop",
                                                List.of("shop.example.org"),
                                                Outage.PAGE,
                                                null,
                                                Duration.ofSeconds(10))),
                                        Duration.ofMillis(900)),
                                new PlannedStep(
                                        "unlink-hosts", Phase.FINISH, 5, new LinkStep.UnlinkHosts(), Duration.ZERO))),
                Duration.ofSeconds(4));
    }

    /** A preflight that looks at nothing. */
    public static final class FakePreflight implements PreflightWorkflow {
        @Override
        public PlanReport plan(Spec spec) {
            String kind = spec.service().split("\\.", 2)[0];
            if (kind.equals("unreachable")) {
                throw ApplicationFailure.newNonRetryableFailure("Expected to reach it", "HOST_UNREACHABLE");
            }
            return report(kind);
        }
    }
}
