package dev.godwit.workflows.gates;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.godwit.workflows.notation.Key;

/** What the migration waits for before it touches what visitors see. */
public record Gates(
        @Key(value = "what opens the gate before the cutover", standard = "\"approval\"")
        Cutover cutover) {
    public static final Gates DEFAULT = new Gates(Cutover.APPROVAL);

    public Gates {
        cutover = cutover == null ? Cutover.APPROVAL : cutover;
    }

    /** What opens the gate before the cutover. */
    public enum Cutover {
        /** A person, who names the hash of the plan. */
        @JsonProperty("approval")
        APPROVAL,
        /** Nothing: the cutover follows at once. */
        @JsonProperty("none")
        NONE
    }
}
