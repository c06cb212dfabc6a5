package dev.godwit.api.migration;

import dev.godwit.api.problem.Problem;
import dev.godwit.api.problem.ProblemException;
import dev.godwit.api.problem.ProblemType;
import dev.godwit.workflows.migration.End;
import dev.godwit.workflows.migration.SearchAttributes;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One migration's run of its workflow, as the engine describes it. */
record Run(MigrationId id, DescribeWorkflowExecutionResponse description) {
    WorkflowExecutionInfo info() {
        return description.getWorkflowExecutionInfo();
    }

    WorkflowExecution execution() {
        return info().getExecution();
    }

    boolean isOpen() {
        return info().getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    boolean isCompleted() {
        return info().getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
    }

    Instant startedAt() {
        return instant(info().getStartTime());
    }

    /** How the migration ended; empty while it runs, and if its workflow was ended before the migration's own end. */
    Optional<End> end() {
        return Memo.keyword(info(), SearchAttributes.OUTCOME, End.class);
    }

    @Nullable
    Instant endedAt() {
        return info().hasCloseTime() ? instant(info().getCloseTime()) : null;
    }

    /** The refusal of a call, which tells the address of this migration. */
    ProblemException refused(ProblemType type, String detail) {
        return new ProblemException(Problem.of(type, detail).about(id.address()));
    }

    static Instant instant(com.google.protobuf.Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
