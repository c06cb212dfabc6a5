package dev.godwit.api.migration;

import dev.godwit.workflows.step.Phase;
import org.jspecify.annotations.Nullable;

/** Which migrations are wanted; null means any. */
record MigrationFilter(
        @Nullable Phase phase,
        @Nullable String service,
        @Nullable Outcome outcome) {}
