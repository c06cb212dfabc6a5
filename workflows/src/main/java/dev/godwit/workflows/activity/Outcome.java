package dev.godwit.workflows.activity;

/**
 * What an act or an undo found and did, in a sentence for people.
 *
 * @param attempt which attempt it was, from 1; the worker fills it in
 */
public record Outcome(String summary, int attempt) {
    /** An outcome of the first attempt. */
    public static Outcome of(String summary) {
        return new Outcome(summary, 1);
    }

    /** The same with the number of the attempt. */
    public Outcome withAttempt(int number) {
        return new Outcome(summary, number);
    }
}
