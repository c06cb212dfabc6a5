package dev.godwit.workflows.migration;

import dev.godwit.workflows.spec.Spec;
import org.jspecify.annotations.Nullable;

/**
 * Starts a migration.
 *
 * @param id readable and stable: the service and the time of the start
 * @param planHash the plan that was seen before; the migration refuses to begin when today's plan is another one
 * @param actor the name of the token that started it
 * @param reason the words that the actor gave
 */
public record MigrationRequest(
        String id,
        Spec spec,
        @Nullable String planHash,
        String actor,
        @Nullable String reason) {}
