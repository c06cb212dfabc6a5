package dev.godwit.workflows.step;

/**
 * How a step asks the activities of its system: one call for each look, act or undo. It carries the migration, the step's
 * id and before-image, and the time-outs and retries that fit.
 */
public interface Call {
    /** The activities of a system. */
    <A> A to(Class<A> system);

    /** Asks for the before-image of a step. */
    <S extends Step> Look<S> look(S step);

    /** Asks to carry out a step. */
    <S extends Step> Act<S> act(S step);

    /** Asks to take a step back. */
    <S extends Step> Undo<S> undo(S step);
}
