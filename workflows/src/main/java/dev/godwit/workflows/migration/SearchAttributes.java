package dev.godwit.workflows.migration;

import io.temporal.common.SearchAttributeKey;
import java.util.List;

/** What migrations can be found by. The names are wire format. */
public final class SearchAttributes {
    public static final SearchAttributeKey<String> MIGRATION = SearchAttributeKey.forKeyword("GodwitMigration");
    public static final SearchAttributeKey<String> SERVICE = SearchAttributeKey.forKeyword("GodwitService");
    public static final SearchAttributeKey<String> PHASE = SearchAttributeKey.forKeyword("GodwitPhase");
    public static final SearchAttributeKey<String> OUTCOME = SearchAttributeKey.forKeyword("GodwitOutcome");
    public static final SearchAttributeKey<String> IDEMPOTENCY_KEY =
            SearchAttributeKey.forKeyword("GodwitIdempotencyKey");

    /** What the engine registers. */
    public static final List<SearchAttributeKey<String>> ALL =
            List.of(MIGRATION, SERVICE, PHASE, OUTCOME, IDEMPOTENCY_KEY);

    private SearchAttributes() {}
}
