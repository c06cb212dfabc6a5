package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemException;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.migration.Command;
import dev.godwit.workflows.migration.CommandId;
import dev.godwit.workflows.migration.MigrationStatus;
import dev.godwit.workflows.migration.MigrationWorkflow;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Functions;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Hands commands to migrations, and says why one does not fit. */
@Singleton
final class Commands {
    /**
     * What the SDK (1.38) makes of the type of a failure that a validator throws. Other exceptions in a validator, which are
     * bugs, come with their own class's name.
     */
    private static final String REJECTED = "io.temporal.internal.worker.WorkflowExecutionException";

    private final Engine engine;
    private final Runs runs;
    private final Statuses statuses;
    private final Timeouts timeouts;

    Commands(Engine engine, Runs runs, Statuses statuses, Timeouts timeouts) {
        this.engine = engine;
        this.runs = runs;
        this.statuses = statuses;
        this.timeouts = timeouts;
    }

    MigrationView send(String id, Command command, @Nullable IdempotencyKey key) {
        Run run = runs.find(id);
        MigrationWorkflow workflow = statuses.workflow(run);
        return switch (command) {
            case Command.Approve approve -> send(run, workflow::approve, approve, key);
            case Command.Pause pause -> send(run, workflow::pause, pause, key);
            case Command.Resume resume -> send(run, workflow::resume, resume, key);
            case Command.Decide decide -> send(run, workflow::decide, decide, key);
            case Command.RollBack rollBack -> send(run, workflow::rollBack, rollBack, key);
            case Command.Finish finish -> send(run, workflow::finish, finish, key);
        };
    }

    private <C extends Command> MigrationView send(
            Run run, Functions.Func1<C, MigrationStatus> method, C command, @Nullable IdempotencyKey key) {
        UpdateOptions.Builder<MigrationStatus> options =
                UpdateOptions.newBuilder(MigrationStatus.class).setWaitForStage(WorkflowUpdateStage.COMPLETED);
        CommandId commandId = key == null
                ? null
                : new CommandId(key.text(), command.getClass().getSimpleName() + "/" + Digest.of(command));
        if (commandId != null) {
            options.setUpdateId(commandId.toString());
        }
        try {
            if (commandId != null && run.isOpen()) {
                refuseOther(run, commandId, statuses.takenCommands(run));
            }
            return MigrationView.of(engine.ask(
                    timeouts.command(),
                    () -> WorkflowClient.startUpdate(method, command, options.build())
                            .getResult()));
        } catch (WorkflowUpdateException e) {
            throw refused(run, e);
        } catch (WorkflowNotFoundException e) {
            return MigrationView.of(Optional.ofNullable(commandId)
                    .flatMap(id -> answered(run, id))
                    .orElseThrow(() -> run.refused(
                            ProblemType.CALL_DOES_NOT_FIT,
                            "Expected a migration that runs or waits, but found that it has ended; look at its status"
                                    + " and its history")));
        } catch (Statuses.NoAnswer e) {
            throw unanswered(run);
        } catch (ProblemException e) {
            throw e.problem().is(ProblemType.TIMED_OUT) ? unanswered(run) : e;
        }
    }

    /** What an ended migration answered to a command while it ran. */
    private Optional<MigrationStatus> answered(Run run, CommandId command) {
        AcceptedCommands accepted = new AcceptedCommands(engine.ask(
                timeouts.command(),
                () -> engine.client()
                        .fetchHistory(
                                run.execution().getWorkflowId(), run.execution().getRunId())
                        .getEvents()));
        refuseOther(run, command, accepted.ids());
        return accepted.answer(command);
    }

    private static void refuseOther(Run run, CommandId command, List<CommandId> taken) {
        if (taken.stream().anyMatch(command::reusesKeyOf)) {
            throw run.refused(
                    ProblemType.IDEMPOTENCY_KEY_REUSED,
                    "Expected the command that came with this Idempotency-Key before, but found another; use a new key"
                            + " for another command");
        }
    }

    private ProblemException unanswered(Run run) {
        return run.refused(
                ProblemType.TIMED_OUT,
                "Expected a worker to take the command within "
                        + timeouts.command().toSeconds()
                        + " s, but found none that did; it is taken when a worker is back. Look at the status, and repeat"
                        + " with the same Idempotency-Key");
    }

    private static RuntimeException refused(Run run, WorkflowUpdateException exception) {
        if (!(exception.getCause() instanceof ApplicationFailure failure)) {
            return exception;
        }
        return switch (Optional.ofNullable(failure.getType()).orElse("")) {
            case MigrationWorkflow.DOES_NOT_FIT, REJECTED ->
                run.refused(ProblemType.CALL_DOES_NOT_FIT, failure.getOriginalMessage());
            case MigrationWorkflow.LOSES_WRITES -> losesWrites(run, failure);
            default -> exception;
        };
    }

    private static ProblemException losesWrites(Run run, ApplicationFailure failure) {
        ProblemException refusal = run.refused(
                ProblemType.LOSES_WRITES,
                failure.getOriginalMessage()
                        + "; to roll back all the same, repeat the call with \"acceptLoss\": true");
        return failure.getDetails().getSize() == 0
                ? refusal
                : new ProblemException(refusal.problem()
                        .withLoss(failure.getDetails().get(Loss.class).rows()));
    }
}
