package dev.godwit.workflows.migration;

import dev.godwit.workflows.plan.PlanReport;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;

/**
 * One migration, from the preflight to its end. A call that does not fit the state is refused by its validator with an
 * {@link io.temporal.failure.ApplicationFailure} of type {@link #DOES_NOT_FIT}.
 */
@WorkflowInterface
public interface MigrationWorkflow {
    /** The workflow's type: wire format, and what migrations are listed by. */
    String TYPE = "Migration";

    /** The failure type of a command that does not fit the state; the message says why and what would fit. */
    String DOES_NOT_FIT = "DOES_NOT_FIT";

    /**
     * The failure type of a rollback after the pivot without acceptance of the loss; its details are the
     * {@link dev.godwit.workflows.database.Loss}, unless it could not be counted.
     */
    String LOSES_WRITES = "LOSES_WRITES";

    /** The workflow id of a service's migration: two of them cannot run at once. */
    static String workflowId(String service) {
        return "migration/" + service;
    }

    @WorkflowMethod(name = TYPE)
    MigrationStatus migrate(MigrationRequest request);

    /** Where it is now. */
    @QueryMethod
    MigrationStatus status();

    /** The commands that came under a key and were taken, oldest first. */
    @QueryMethod
    List<CommandId> takenCommands();

    /** The audit, oldest first. */
    @QueryMethod
    List<JournalEntry> journal();

    /** Waits until the plan is made and answers with it; used by a start that names the hash of a plan seen before. */
    @UpdateMethod
    PlanReport planMade();

    @UpdateMethod
    MigrationStatus approve(Command.Approve command);

    @UpdateValidatorMethod(updateName = "approve")
    void validateApprove(Command.Approve command);

    @UpdateMethod
    MigrationStatus pause(Command.Pause command);

    @UpdateValidatorMethod(updateName = "pause")
    void validatePause(Command.Pause command);

    @UpdateMethod
    MigrationStatus resume(Command.Resume command);

    @UpdateValidatorMethod(updateName = "resume")
    void validateResume(Command.Resume command);

    @UpdateMethod
    MigrationStatus decide(Command.Decide command);

    @UpdateValidatorMethod(updateName = "decide")
    void validateDecide(Command.Decide command);

    @UpdateMethod
    MigrationStatus rollBack(Command.RollBack command);

    @UpdateValidatorMethod(updateName = "rollBack")
    void validateRollBack(Command.RollBack command);

    @UpdateMethod
    MigrationStatus finish(Command.Finish command);

    @UpdateValidatorMethod(updateName = "finish")
    void validateFinish(Command.Finish command);
}
