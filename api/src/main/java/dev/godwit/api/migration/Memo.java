package dev.godwit.api.migration;

import dev.godwit.workflows.GodwitJson;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import java.util.Map;
import java.util.Optional;

/** What the API writes beside a workflow when it starts it, and reads without asking any worker. */
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

    /** A keyword among the search attributes, which the workflow keeps up to date. */
    static Optional<String> keyword(WorkflowExecutionInfo info, String name) {
        return Optional.ofNullable(
                        info.getSearchAttributes().getIndexedFieldsMap().get(name))
                .filter(payload -> !payload.getData().isEmpty())
                .map(payload -> GodwitJson.mapper().readTree(payload.getData().toByteArray()))
                .map(node -> node.isArray() && !node.isEmpty() ? node.get(0) : node)
                .filter(node -> node.isString())
                .map(node -> node.asString());
    }

    static Map<String, Object> of(MigrationId id, String key, String hash, String actor) {
        return Map.of(MIGRATION, id.text(), IDEMPOTENCY_KEY, key, REQUEST_HASH, hash, ACTOR, actor);
    }
}
