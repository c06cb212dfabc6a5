package dev.godwit.workflows.database;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A database that moves with the service. One record for each engine. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "engine")
@JsonSubTypes(@JsonSubTypes.Type(value = PostgresqlDatabase.class, name = "postgresql"))
public sealed interface DatabaseSpec permits PostgresqlDatabase {
    /** The database's name, the same on both servers. */
    String name();

    /** How it is copied. */
    CopyMethod copy();

    /** Whether the engine gives numbers from sequences, which a copy of the rows does not set. */
    boolean hasSequences();
}
