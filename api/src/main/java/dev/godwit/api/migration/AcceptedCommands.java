package dev.godwit.api.migration;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.CommandId;
import dev.godwit.workflows.migration.MigrationStatus;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.List;
import java.util.Optional;

/**
 * The commands that an ended migration took under a key, as its history tells them; one that was refused is not among
 * them.
 */
record AcceptedCommands(List<HistoryEvent> history) {
    AcceptedCommands {
        history = List.copyOf(history);
    }

    /** The ids of those that came under a key. */
    List<CommandId> ids() {
        return history.stream()
                .filter(HistoryEvent::hasWorkflowExecutionUpdateAcceptedEventAttributes)
                .map(event -> event.getWorkflowExecutionUpdateAcceptedEventAttributes()
                        .getAcceptedRequest()
                        .getMeta()
                        .getUpdateId())
                .flatMap(id -> CommandId.parse(id).stream())
                .toList();
    }

    /** What a command was answered, if it was carried out. */
    Optional<MigrationStatus> answer(CommandId command) {
        return history.stream()
                .filter(HistoryEvent::hasWorkflowExecutionUpdateCompletedEventAttributes)
                .map(HistoryEvent::getWorkflowExecutionUpdateCompletedEventAttributes)
                .filter(done -> done.getMeta().getUpdateId().equals(command.toString())
                        && done.getOutcome().hasSuccess())
                .findFirst()
                .map(done -> GodwitJson.dataConverter()
                        .fromPayloads(
                                0,
                                Optional.of(done.getOutcome().getSuccess()),
                                MigrationStatus.class,
                                MigrationStatus.class));
    }
}
