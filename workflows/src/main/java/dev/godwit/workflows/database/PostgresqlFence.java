package dev.godwit.workflows.database;

import dev.godwit.workflows.step.BeforeImage;

/** How a source's PostgreSQL let roles in: {@code datconnlimit}, -1 for no limit (PostgreSQL manual, pg_database). */
public record PostgresqlFence(int connectionLimit) implements BeforeImage {}
