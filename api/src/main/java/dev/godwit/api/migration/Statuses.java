package dev.godwit.api.migration;

import dev.godwit.api.problem.ProblemException;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.migration.CommandId;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.JournalEntry;
import dev.godwit.workflows.migration.MigrationStatus;
import dev.godwit.workflows.migration.MigrationWorkflow;
import dev.godwit.workflows.step.Phase;
import dev.godwit.workflows.step.Serving;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowQueryException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowTargetOptions;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Tells the status of a migration, always: from the migration itself; if no worker answers in time, from what the engine
 * knows, and says so.
 */
@Singleton
final class Statuses {
    private final Engine engine;
    private final Runs runs;
    private final Timeouts timeouts;

    Statuses(Engine engine, Runs runs, Timeouts timeouts) {
        this.engine = engine;
        this.runs = runs;
        this.timeouts = timeouts;
    }

    MigrationView of(String id) {
        return of(runs.find(id));
    }

    MigrationView of(Run run) {
        try {
            MigrationView view = MigrationView.of(run.isCompleted() ? result(run) : query(run));
            Instant ended = run.endedAt();
            if (view.isOver()) {
                return view;
            }
            return ended == null
                    ? view.with(Activities.on(view.steps(), run.description()))
                    : view.endedFromOutside(
                            ended,
                            "This is what it knew when " + endedFromOutside(run)
                                    + "; look at the servers to see who serves");
        } catch (NoAnswer e) {
            return known(run, e.words());
        }
    }

    List<JournalEntry> journal(Run run) {
        try {
            return answer(() -> workflow(run).journal());
        } catch (NoAnswer e) {
            throw run.refused(
                    ProblemType.NO_WORKER,
                    "Expected a worker to tell the history, but found that " + found(run, e.words())
                            + "; ask for format=temporal, or see that a worker runs and try again");
        }
    }

    MigrationWorkflow workflow(Run run) {
        return engine.client().newWorkflowStub(MigrationWorkflow.class, target(run));
    }

    private static WorkflowTargetOptions target(Run run) {
        return WorkflowTargetOptions.newBuilder()
                .setWorkflowExecution(run.execution())
                .build();
    }

    /** The commands that a running migration took under keys. */
    List<CommandId> takenCommands(Run run) throws NoAnswer {
        return answer(() -> workflow(run).takenCommands());
    }

    private MigrationStatus query(Run run) throws NoAnswer {
        return answer(() -> workflow(run).status());
    }

    /** The end of a migration is recorded by the engine: no worker is needed to read it. */
    private MigrationStatus result(Run run) {
        return engine.ask(timeouts.engine(), () -> {
            try {
                return engine.client()
                        .newUntypedWorkflowStub(target(run))
                        .getResult(timeouts.engine().toMillis(), TimeUnit.MILLISECONDS, MigrationStatus.class);
            } catch (TimeoutException e) {
                throw new StatusRuntimeException(Status.DEADLINE_EXCEEDED.withCause(e));
            }
        });
    }

    private <T> T answer(Supplier<T> query) throws NoAnswer {
        try {
            return engine.ask(timeouts.status(), query);
        } catch (ProblemException e) {
            if (e.problem().is(ProblemType.TIMED_OUT)) {
                throw new NoAnswer(
                        "no worker answered within " + timeouts.status().toSeconds() + " s");
            }
            throw e;
        } catch (WorkflowQueryException e) {
            throw new NoAnswer("its worker cannot continue it (see the worker's log)");
        } catch (StatusRuntimeException | WorkflowServiceException e) {
            // The engine refuses a query at once if no worker asked for work lately, or if its tasks fail.
            Status.Code code = Engine.code(e);
            if (code == Status.Code.FAILED_PRECONDITION || code == Status.Code.INVALID_ARGUMENT) {
                throw new NoAnswer("no worker is there, or its worker cannot continue it");
            }
            throw e;
        } catch (WorkflowException e) {
            throw new NoAnswer("its worker cannot tell");
        }
    }

    private static MigrationView known(Run run, String words) {
        Phase phase = MigrationSummary.phase(run.info());
        boolean before = phase.compareTo(Phase.CUTOVER) < 0;
        boolean after = phase.compareTo(Phase.CUTOVER) > 0;
        Optional<End> end = run.end();
        // Out of the soak, too, it may be going back.
        boolean unknown = (phase == Phase.CUTOVER || phase == Phase.SOAK) && end.isEmpty();
        return MigrationView.partial(
                run,
                phase,
                end.map(Statuses::serves).orElse(unknown ? Serving.UNKNOWN : before ? Serving.SOURCE : Serving.TARGET),
                before ? Boolean.FALSE : after ? Boolean.TRUE : null,
                "This is what the engine knows: " + found(run, words)
                        + (unknown ? "; it was in its " + phase + ", so look at the servers to see who serves" : ""));
    }

    /** What there is instead of an answer. That nobody continues what was ended from outside is no news. */
    private static String found(Run run, String words) {
        return run.end()
                .map(how -> words + "; it ended " + how)
                .orElseGet(() -> run.isOpen() ? words : endedFromOutside(run));
    }

    private static Serving serves(End end) {
        return switch (end) {
            case FINISHED -> Serving.TARGET;
            case ROLLED_BACK -> Serving.SOURCE;
        };
    }

    private static String endedFromOutside(Run run) {
        return "its workflow was ended from outside ("
                + run.info().getStatus().name().replace("WORKFLOW_EXECUTION_STATUS_", "") + "), nothing was put back";
    }

    /** The migration itself does not answer. */
    static final class NoAnswer extends Exception {
        NoAnswer(String words) {
            super(words, null, false, false);
        }

        String words() {
            return String.valueOf(getMessage());
        }
    }
}
