package dev.godwit.api;

import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.migration.Choice;
import dev.godwit.workflows.migration.Command;
import dev.godwit.workflows.migration.CommandId;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.JournalEntry;
import dev.godwit.workflows.migration.MigrationRequest;
import dev.godwit.workflows.migration.MigrationStatus;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.migration.SearchAttributes;
import dev.godwit.workflows.migration.StepState;
import dev.godwit.workflows.migration.StepStatus;
import dev.godwit.workflows.migration.TakenCommands;
import dev.godwit.workflows.migration.Waiting;
import dev.godwit.workflows.plan.PlanReport;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A migration that touches nothing. The first word of the service's name says how it goes: {@code changed} finds another
 * plan than the reviewed one, {@code blocked} finds a blocker, {@code unreachable} finds no plan, {@code copying} is in the
 * middle of a copy, {@code failing} waits for a decision.
 */
public final class FakeMigration implements MigrationWorkflow {
    private final MigrationRequest request;
    private final Instant startedAt = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    private final List<JournalEntry> journal = new ArrayList<>();
    private final TakenCommands taken = new TakenCommands();
    private final String kind;
    private @Nullable PlanReport report;
    private @Nullable Waiting waiting;
    private @Nullable End end;
    private @Nullable Instant endedAt;
    private @Nullable String endReason;
    private Phase phase = Phase.PREFLIGHT;
    private boolean approved;
    private boolean pastPivot;
    private boolean paused;
    private long revision;

    @WorkflowInit
    public FakeMigration(MigrationRequest request) {
        this.request = request;
        this.kind = request.spec().service().split("\\.", 2)[0];
        record(request.actor(), "started", request.reason());
    }

    @Override
    public MigrationStatus migrate(MigrationRequest same) {
        try {
            return carryOut(same);
        } catch (CanceledFailure cancelled) {
            return ends(End.ROLLED_BACK, "cancelled in Temporal");
        }
    }

    private MigrationStatus carryOut(MigrationRequest same) {
        if (kind.equals("unreachable")) {
            return ends(End.ROLLED_BACK, "the preflight could not look: HOST_UNREACHABLE");
        }
        PlanReport found = Plans.report(kind);
        report = found;
        if (!found.blockers().isEmpty()) {
            return ends(End.ROLLED_BACK, "the preflight found what keeps it from starting");
        }
        if (same.planHash() != null && !same.planHash().equals(found.plan().hash())) {
            return ends(End.ROLLED_BACK, "the world has changed");
        }
        enter(kind.equals("switching") ? Phase.CUTOVER : Phase.REHEARSE);
        if (kind.equals("copying")) {
            Async.function(copying()::copy, same.id());
        } else {
            waiting = kind.equals("failing")
                    ? new Waiting(Waiting.For.DECISION, "link-hosts", "it failed", null, List.of(Choice.RETRY))
                    : new Waiting(Waiting.For.APPROVAL, "await-approval", "an approval", null, List.of());
        }
        Workflow.await(() -> approved || end != null);
        waiting = null;
        if (end == null) {
            enter(Phase.SOAK);
            pastPivot = true;
            Workflow.await(() -> end != null);
        }
        Workflow.await(Workflow::isEveryHandlerFinished);
        return status();
    }

    private static Copying copying() {
        return Workflow.newActivityStub(
                Copying.class,
                ActivityOptions.newBuilder()
                        .setStartToCloseTimeout(Duration.ofMinutes(5))
                        .setHeartbeatTimeout(Duration.ofSeconds(30))
                        .setRetryOptions(RetryOptions.newBuilder()
                                .setInitialInterval(Duration.ofMillis(100))
                                .build())
                        .build());
    }

    private void enter(Phase next) {
        phase = next;
        revision++;
        Workflow.upsertTypedSearchAttributes(SearchAttributes.PHASE.valueSet(next.name()));
    }

    private MigrationStatus ends(End how, String why) {
        end = how;
        endReason = why;
        endedAt = Instant.ofEpochMilli(Workflow.currentTimeMillis());
        revision++;
        Workflow.upsertTypedSearchAttributes(SearchAttributes.OUTCOME.valueSet(how.name()));
        record("godwit", "ended", why);
        return status();
    }

    private void record(String actor, String event, @Nullable String reason) {
        revision++;
        journal.add(new JournalEntry(
                Instant.ofEpochMilli(Workflow.currentTimeMillis()), actor, event, null, 0, null, reason));
    }

    @Override
    public MigrationStatus status() {
        List<StepStatus> steps = report == null
                ? List.of()
                : report.plan().steps().stream()
                        .map(step -> kind.equals("copying") && step.id().equals("copy-database.shop")
                                ? new StepStatus(step, StepState.RUNNING, 0, startedAt, null, null, null)
                                : StepStatus.pending(step))
                        .toList();
        return new MigrationStatus(
                request.id(),
                request.spec().service(),
                startedAt,
                phase,
                pastPivot ? Serving.TARGET : Serving.SOURCE,
                pastPivot,
                report == null ? null : report.plan().hash(),
                report == null ? List.of() : report.findings(),
                steps,
                waiting,
                paused,
                false,
                pastPivot ? Duration.ofMillis(3200) : null,
                report == null ? null : report.predictedOutage(),
                end,
                endedAt,
                endReason,
                revision);
    }

    @Override
    public List<CommandId> takenCommands() {
        return taken.ids();
    }

    @Override
    public List<JournalEntry> journal() {
        return journal;
    }

    @Override
    public PlanReport planMade() {
        Workflow.await(() -> report != null || end != null);
        if (report == null) {
            throw refusal("it ended without a plan");
        }
        return report;
    }

    @Override
    public MigrationStatus approve(Command.Approve command) {
        taken.take();
        approved = true;
        record(command.actor(), "approved", command.reason());
        return status();
    }

    @Override
    public void validateApprove(Command.Approve command) {
        if (waiting == null || waiting.what() != Waiting.For.APPROVAL) {
            throw refusal("Expected a migration that waits for an approval, but found another");
        }
        if (!command.planHash().equals(Plans.report(kind).plan().hash())) {
            throw refusal("Expected the hash of its plan, but found another");
        }
    }

    @Override
    public MigrationStatus pause(Command.Pause command) {
        taken.take();
        paused = true;
        record(command.actor(), "paused", command.reason());
        return status();
    }

    @Override
    public void validatePause(Command.Pause command) {
        if (paused) {
            throw refusal("Expected a migration that is not paused, but found one that is");
        }
    }

    @Override
    public MigrationStatus resume(Command.Resume command) {
        taken.take();
        paused = false;
        record(command.actor(), "resumed", command.reason());
        return status();
    }

    @Override
    public void validateResume(Command.Resume command) {
        if (!paused) {
            throw refusal("Expected a migration that is paused, but found one that is not");
        }
    }

    @Override
    public MigrationStatus decide(Command.Decide command) {
        taken.take();
        waiting = null;
        record(command.actor(), "decided " + command.choice() + " " + command.step(), command.reason());
        return status();
    }

    @Override
    public void validateDecide(Command.Decide command) {
        if (waiting == null || waiting.what() != Waiting.For.DECISION) {
            throw refusal("Expected a migration that waits for a decision, but found another");
        }
    }

    @Override
    public MigrationStatus rollBack(Command.RollBack command) {
        taken.take();
        if (pastPivot && !command.acceptLoss()) {
            throw ApplicationFailure.newNonRetryableFailure(
                    "Expected the loss of 1207 rows to be accepted", LOSES_WRITES, new Loss(1207, "orders: 1207"));
        }
        record(command.actor(), "rolled back", command.reason());
        return ends(End.ROLLED_BACK, "said so");
    }

    @Override
    public void validateRollBack(Command.RollBack command) {}

    @Override
    public MigrationStatus finish(Command.Finish command) {
        taken.take();
        record(command.actor(), "said finish", command.reason());
        return ends(End.FINISHED, "said so");
    }

    @Override
    public void validateFinish(Command.Finish command) {
        if (!pastPivot) {
            throw refusal("Expected a migration that soaks, but found one before the cutover");
        }
    }

    private static ApplicationFailure refusal(String why) {
        return ApplicationFailure.newNonRetryableFailure(why, DOES_NOT_FIT);
    }
}
