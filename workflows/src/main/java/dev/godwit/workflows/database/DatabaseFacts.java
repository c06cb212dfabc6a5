package dev.godwit.workflows.database;

/**
 * A database on the source.
 *
 * @param version of the server, such as {@code 15.18}
 * @param fingerprint a hash of the schema: tables, columns, constraints, indexes, functions
 */
public record DatabaseFacts(String name, String version, long bytes, int tables, String fingerprint) {}
