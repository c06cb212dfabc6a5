package dev.godwit.api.migration;

/** Whether a step can be taken back. */
public enum Reversibility {
    /** Until the point of no return it is taken back, to what was found. */
    REVERSIBLE_UNTIL_PIVOT,
    /** The point of no return, and what follows: going back would lose what was written on the target since. */
    IRREVERSIBLE
}
