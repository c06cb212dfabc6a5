package dev.godwit.workflows.step;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.godwit.workflows.server.Side;
import org.jspecify.annotations.Nullable;

/**
 * What a migration does, one record for each kind of step: the smallest unit that is shown and audited. Every record
 * says in plain words what it does and how it is taken back; the plan shows these words. It also says whatever the rest
 * of Godwit asks about a step, so that a kind is described in one place.
 *
 * <p>A step is an {@link Action}, which activities carry out, or a gate, where the workflow itself waits. The records of
 * one system stand together in one sealed interface, whose name {@code Kinds} knows; a kind's name in plans and histories
 * is its class name in lower case with hyphens. It never changes.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public interface Step {
    /** What it does, in the words of the plan. */
    String does();

    /** How it is taken back before the pivot, in the words of the plan; null if there is nothing to take back. */
    @Nullable
    String undo();

    /** The server on which it acts; null if it acts on both or on neither. */
    @Nullable
    Side on();

    /** What it means for visitors and for what was written. */
    Effect effect();

    /** Whether a person may skip it when it fails: only what moves no data and switches nothing. */
    default boolean skippable() {
        return false;
    }
}
