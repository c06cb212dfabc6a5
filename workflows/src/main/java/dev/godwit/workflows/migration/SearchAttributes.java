package dev.godwit.workflows.migration;

import io.temporal.common.SearchAttributeKey;

/** What migrations can be found by. The engine registers these names; they are wire format. */
public final class SearchAttributes {
    public static final SearchAttributeKey<String> MIGRATION = SearchAttributeKey.forKeyword("GodwitMigration");
    public static final SearchAttributeKey<String> SERVICE = SearchAttributeKey.forKeyword("GodwitService");
    public static final SearchAttributeKey<String> PHASE = SearchAttributeKey.forKeyword("GodwitPhase");
    public static final SearchAttributeKey<String> OUTCOME = SearchAttributeKey.forKeyword("GodwitOutcome");
    public static final SearchAttributeKey<String> IDEMPOTENCY_KEY =
            SearchAttributeKey.forKeyword("GodwitIdempotencyKey");

    private SearchAttributes() {}
}
