package dev.godwit.api.migration;

import dev.godwit.workflows.json.GodwitJson;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.common.SearchAttributeKey;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * What stands beside a workflow and is read without asking any worker: the memo, which the API writes at the start, and
 * the search attributes, which the workflow keeps up to date.
 */
final class Memo {
    static final String MIGRATION = "godwitMigration";
    static final String IDEMPOTENCY_KEY = "godwitIdempotencyKey";
    static final String REQUEST_HASH = "godwitRequestHash";
    static final String ACTOR = "godwitActor";

    private Memo() {}

    static Optional<String> text(WorkflowExecutionInfo info, String name) {
        return Optional.ofNullable(info.getMemo().getFieldsMap().get(name))
                .map(payload -> GodwitJson.dataConverter().fromPayload(payload, String.class, String.class));
    }

    /** The constant that a search attribute names; empty if it names none of them. */
    static <E extends Enum<E>> Optional<E> keyword(
            WorkflowExecutionInfo info, SearchAttributeKey<String> key, Class<E> type) {
        return Optional.ofNullable(
                        info.getSearchAttributes().getIndexedFieldsMap().get(key.getName()))
                .filter(payload -> !payload.getData().isEmpty())
                .map(payload -> GodwitJson.read(payload.getData().toStringUtf8()))
                .map(node -> node.isArray() && !node.isEmpty() ? node.get(0) : node)
                .filter(node -> node.isTextual())
                .flatMap(node -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> constant.name().equals(node.asText()))
                        .findFirst());
    }

    static Map<String, Object> of(MigrationId id, String key, String hash, String actor) {
        return Map.of(MIGRATION, id.text(), IDEMPOTENCY_KEY, key, REQUEST_HASH, hash, ACTOR, actor);
    }
}
