package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemException;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.migration.MigrationRequest;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.migration.SearchAttributes;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.step.Finding;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.TaskQueue;
import io.micronaut.security.authentication.Authentication;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts migrations. The workflow's id derives from the service, so it is the engine that lets only one of them run; what a
 * repeated request finds is told by what was written beside the workflow.
 */
@Singleton
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    private final Engine engine;
    private final Runs runs;
    private final MigrationIndex index;
    private final Statuses statuses;
    private final Timeouts timeouts;
    private final Random random = new SecureRandom();

    Starter(Engine engine, Runs runs, MigrationIndex index, Statuses statuses, Timeouts timeouts) {
        this.engine = engine;
        this.runs = runs;
        this.index = index;
        this.statuses = statuses;
        this.timeouts = timeouts;
    }

    /** Starts a migration, or finds the one that the same request started before. */
    MigrationView start(StartBody body, Authentication actor, @Nullable IdempotencyKey key) {
        String hash = Digest.of(body);
        String workflowId = MigrationWorkflow.workflowId(body.spec().service());
        Optional<Run> before = key == null ? Optional.empty() : startedBefore(workflowId, key, hash);
        if (before.isPresent()) {
            return answer(before.get(), body);
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        MigrationId id = MigrationId.of(body.spec().service(), now, random);
        MigrationWorkflow workflow =
                engine.client().newWorkflowStub(MigrationWorkflow.class, options(workflowId, id, actor, key, hash));
        MigrationRequest request =
                new MigrationRequest(id.text(), body.spec(), body.plan(), actor.getName(), body.reason());
        try {
            engine.ask(timeouts.engine(), () -> WorkflowClient.start(workflow::migrate, request));
        } catch (WorkflowExecutionAlreadyStarted e) {
            return answer(sameOrRefused(workflowId, key, hash), body);
        }
        return body.plan() == null ? MigrationView.started(id, now) : reviewed(runs.find(id.text()), body.plan());
    }

    private MigrationView answer(Run run, StartBody body) {
        return body.plan() == null ? statuses.of(run) : reviewed(run, body.plan());
    }

    private static WorkflowOptions options(
            String workflowId, MigrationId id, Authentication actor, @Nullable IdempotencyKey key, String hash) {
        io.temporal.common.SearchAttributes.Builder attributes = io.temporal.common.SearchAttributes.newBuilder()
                .set(SearchAttributes.MIGRATION, id.text())
                .set(SearchAttributes.SERVICE, id.service())
                .set(SearchAttributes.PHASE, Phase.PREFLIGHT.name());
        if (key != null) {
            attributes.set(SearchAttributes.IDEMPOTENCY_KEY, key.text());
        }
        return WorkflowOptions.newBuilder()
                .setWorkflowId(workflowId)
                .setTaskQueue(TaskQueue.NAME)
                .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setTypedSearchAttributes(attributes.build())
                .setMemo(Memo.of(id, key == null ? "" : key.text(), hash, actor.getName()))
                .setStaticSummary("Moves " + id.service())
                .build();
    }

    /** The service's latest run is known at once; older ones, and those of other services, from the index. */
    private Optional<Run> startedBefore(String workflowId, IdempotencyKey key, String hash) {
        Optional<Run> run = runs.latest(workflowId)
                .filter(latest -> carries(latest.info(), key))
                .or(() -> index.startedWith(key.text())
                        .map(WorkflowExecutionInfo::getExecution)
                        .flatMap(runs::describe));
        run.ifPresent(known -> refuseOther(known, hash));
        return run;
    }

    private Run sameOrRefused(String workflowId, @Nullable IdempotencyKey key, String hash) {
        Run running = runs.latest(workflowId)
                .orElseThrow(
                        () -> ProblemType.SERVICE_ALREADY_MOVING.because(
                                "Expected a service at rest, but found that something else uses the id of its workflow; end it first"));
        if (key != null && carries(running.info(), key)) {
            refuseOther(running, hash);
            return running;
        }
        throw running.refused(
                ProblemType.SERVICE_ALREADY_MOVING,
                "Expected a service at rest, but found that " + running.id().service() + " is moving since "
                        + running.startedAt() + "; wait for the end of "
                        + running.id().text() + " or roll it back");
    }

    private static boolean carries(WorkflowExecutionInfo info, IdempotencyKey key) {
        return Memo.text(info, Memo.IDEMPOTENCY_KEY).equals(Optional.of(key.text()));
    }

    private static void refuseOther(Run known, String hash) {
        if (!Memo.text(known.info(), Memo.REQUEST_HASH).equals(Optional.of(hash))) {
            throw known.refused(
                    ProblemType.IDEMPOTENCY_KEY_REUSED,
                    "Expected the body that came with this Idempotency-Key before, but found another; use a new key for"
                            + " another request");
        }
    }

    /** What a start with the hash of a reviewed plan is answered with, the first time and each time after. */
    private MigrationView reviewed(Run run, String reviewed) {
        if (run.isOpen()) {
            awaitPlan(run);
        }
        MigrationView view = statuses.of(run.id().text());
        if (view.partial()) {
            return view;
        }
        String plan = view.plan();
        if (plan == null) {
            throw run.refused(
                    ProblemType.PREFLIGHT_FAILED,
                    "Expected today's plan, but found that the migration ended without one: " + view.endReason()
                            + ". Nothing was changed");
        }
        List<Finding> blockers = view.findings().stream()
                .filter(finding -> finding.severity() == Finding.Severity.BLOCKER)
                .toList();
        if (!plan.equals(reviewed)) {
            throw otherPlan(
                    run,
                    "Expected the plan that was reviewed, but found that the world has changed since; nothing was"
                            + " changed. Review today's plan: POST /api/v1/plans",
                    plan,
                    blockers);
        }
        if (!blockers.isEmpty()) {
            throw otherPlan(
                    run,
                    "Expected servers on which the plan can start, but found what keeps it from that (see 'findings');"
                            + " nothing was changed",
                    plan,
                    blockers);
        }
        return view;
    }

    private static ProblemException otherPlan(Run run, String detail, String plan, List<Finding> blockers) {
        return new ProblemException(
                run.refused(ProblemType.PLAN_CHANGED, detail).problem().withPlan(plan, blockers));
    }

    private void awaitPlan(Run run) {
        MigrationWorkflow workflow = statuses.workflow(run);
        try {
            engine.ask(
                    timeouts.preflight(),
                    () -> WorkflowClient.startUpdate(
                                    workflow::planMade,
                                    UpdateOptions.newBuilder(PlanReport.class)
                                            .setUpdateId("plan-made")
                                            .setWaitForStage(WorkflowUpdateStage.COMPLETED)
                                            .build())
                            .getResult());
        } catch (ProblemException e) {
            // Without an answer in time it runs all the same: the caller has to know where.
            throw new ProblemException(e.problem().about(run.id().address()));
        } catch (WorkflowUpdateException | WorkflowNotFoundException e) {
            // It ended first; its status says with which plan, or why without one.
            LOG.debug("{} ended before its plan was waited for", run.id().text(), e);
        }
    }
}
