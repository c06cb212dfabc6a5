package dev.godwit.workflows.step;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What an act or an undo found and did, in a sentence for people.
 *
 * @param attempt which attempt it was, from 1; the worker fills it in
 * @param targetServed whether it takes back what let visitors reach the target: what they wrote there is nowhere else
 */
public record Outcome(
        String summary,
        int attempt,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean targetServed) {
    /** An outcome of the first attempt. */
    public static Outcome of(String summary) {
        return new Outcome(summary, 1, false);
    }

    /** An outcome of the first attempt, of an undo before which the target could be reached by visitors. */
    public static Outcome afterTargetServed(String summary) {
        return new Outcome(summary, 1, true);
    }

    /** The same with the number of the attempt. */
    public Outcome withAttempt(int number) {
        return new Outcome(summary, number, targetServed);
    }
}
