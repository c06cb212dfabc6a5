package dev.godwit.activities.database;

import dev.godwit.workflows.database.DatabaseFacts;
import dev.godwit.workflows.database.Loss;
import dev.godwit.workflows.server.HostSpec;
import dev.godwit.workflows.step.BeforeImage;
import dev.godwit.workflows.step.Inspection;
import dev.godwit.workflows.step.MigrationContext;
import dev.godwit.workflows.step.Outcome;
import dev.godwit.workflows.step.Pass;
import java.util.Optional;

/**
 * How one database is moved, by the program that keeps it. Every engine looks, copies and verifies; what only some can do
 * is optional.
 */
public interface DatabaseEngine {
    /** Its name in words, such as {@code PostgreSQL}. */
    String name();

    /**
     * What is there, and what the target lacks for it. Changes nothing.
     *
     * @param where the database's place in the spec
     */
    Inspection<DatabaseFacts> inspect(HostSpec source, HostSpec target, String where);

    /** What is on the target before the copy. */
    BeforeImage lookAtCopy(MigrationContext migration);

    /** Brings the target's database to what the source's is; a later pass does what the engine can do again. */
    Outcome copy(MigrationContext migration, String stepId, Pass pass);

    /** Takes away what copies of this migration have made on the target. */
    Outcome dropCopy(MigrationContext migration);

    /** Compares both sides; they must be the same. */
    Outcome verify(MigrationContext migration);

    /** Keeps applications from writing on the source, if the engine can do that provably. */
    Optional<WriteFence> fence();

    /** Sets what a copy does not bring: where counters of keys go on. Empty where a copy brings it. */
    Optional<SequenceValues> sequences();

    /** Counts the rows that only the target has, if the engine can tell. */
    Optional<LossEstimate> loss();

    /** The fence of a database. */
    interface WriteFence {
        /** What it will change. */
        BeforeImage look(MigrationContext migration);

        /** Raises it and proves it. */
        Outcome raise(MigrationContext migration, BeforeImage before);

        /** Takes it away. */
        Outcome lift(MigrationContext migration, BeforeImage before);
    }

    /** The sequences of a database. */
    @FunctionalInterface
    interface SequenceValues {
        /** Makes the target's go on where the source's are. */
        Outcome set(MigrationContext migration);
    }

    /** What a rollback after the pivot would lose of a database. */
    @FunctionalInterface
    interface LossEstimate {
        /** Compares both sides. */
        Loss estimate(MigrationContext migration);
    }
}
