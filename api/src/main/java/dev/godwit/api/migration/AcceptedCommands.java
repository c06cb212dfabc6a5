package dev.godwit.api.migration;

import dev.godwit.workflows.json.GodwitJson;
import dev.godwit.workflows.migration.MigrationStatus;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.List;
import java.util.Optional;

/** The commands that a migration took under a key, as its history tells them; one that was refused is not among them. */
record AcceptedCommands(List<HistoryEvent> history) {
    AcceptedCommands {
        history = List.copyOf(history);
    }

    /** The id of the update of a command under a key; another command under the same key has another id. */
    static String updateId(IdempotencyKey key, Object command) {
        return prefix(key) + command.getClass().getSimpleName() + "/" + Digest.of(command);
    }

    private static String prefix(IdempotencyKey key) {
        return key.text() + "/";
    }

    /** Whether another command was taken under the key. */
    boolean holdsOther(IdempotencyKey key, String updateId) {
        return history.stream()
                .filter(HistoryEvent::hasWorkflowExecutionUpdateAcceptedEventAttributes)
                .map(event -> event.getWorkflowExecutionUpdateAcceptedEventAttributes()
                        .getAcceptedRequest()
                        .getMeta()
                        .getUpdateId())
                // What follows the key are a type and a digest: a key may hold slashes, these do not.
                .anyMatch(id -> !id.equals(updateId)
                        && id.startsWith(prefix(key))
                        && id.substring(prefix(key).length()).matches("[A-Za-z]+/[0-9a-f]{64}"));
    }

    /** What a command was answered, if it was carried out. */
    Optional<MigrationStatus> answer(String updateId) {
        return history.stream()
                .filter(HistoryEvent::hasWorkflowExecutionUpdateCompletedEventAttributes)
                .map(HistoryEvent::getWorkflowExecutionUpdateCompletedEventAttributes)
                .filter(done -> done.getMeta().getUpdateId().equals(updateId)
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
