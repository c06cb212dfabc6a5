package dev.godwit.api.migration;

import dev.godwit.api.openapi.Doc;
import dev.godwit.workflows.migration.SearchAttributes;
import dev.godwit.workflows.step.Phase;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A migration in a list. */
public record MigrationSummary(
        String id,
        String service,
        @Doc("Where it is at work, or was when it ended") Phase phase,

        @Doc("What became of it; left out if somebody ended its workflow by force") @Nullable
        Outcome outcome,

        Instant startedAt,
        @Nullable Instant endedAt,
        @Doc("Where its status is found") URI address) {
    static Optional<MigrationSummary> of(WorkflowExecutionInfo info) {
        return Memo.text(info, Memo.MIGRATION)
                .flatMap(MigrationId::parse)
                .map(id -> new MigrationSummary(
                        id.text(),
                        id.service(),
                        phase(info),
                        outcome(info),
                        Run.instant(info.getStartTime()),
                        info.hasCloseTime() ? Run.instant(info.getCloseTime()) : null,
                        id.address()));
    }

    static Phase phase(WorkflowExecutionInfo info) {
        return Memo.keyword(info, SearchAttributes.PHASE, Phase.class).orElse(Phase.PREFLIGHT);
    }

    private static @Nullable Outcome outcome(WorkflowExecutionInfo info) {
        if (info.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
            return Outcome.OPEN;
        }
        return Memo.keyword(info, SearchAttributes.OUTCOME, Outcome.class).orElse(null);
    }

    boolean matches(MigrationFilter filter) {
        return (filter.phase() == null || filter.phase() == phase)
                && (filter.service() == null || filter.service().equals(service))
                && (filter.outcome() == null || filter.outcome() == outcome);
    }
}
