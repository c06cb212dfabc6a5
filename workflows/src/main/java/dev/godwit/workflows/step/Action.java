package dev.godwit.workflows.step;

import dev.godwit.workflows.server.Side;

/** A step that activities carry out: the smallest unit that is retried, verified and undone. */
public interface Action extends Step {
    /** How long it may take and how it is tried again. */
    Patience patience();

    /** Takes its before-image. */
    BeforeImage look(Call call);

    /** Carries it out. A second call that finds the work done changes nothing. */
    Outcome act(Call call);

    /** Takes it back. It tolerates that the step never happened, or only in part. */
    Outcome takeBack(Call call);

    /** Whether its undo cannot work while a server is gone. */
    default boolean needs(Side side) {
        return on() == side;
    }

    /**
     * Whether its undo puts back what the undo of a newer step, which failed, would have. Tried again after it, the newer
     * one would bring back a state in between: the maintenance page, the low TTL.
     */
    boolean putsBack(Step newer);
}
