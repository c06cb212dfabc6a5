package dev.godwit.workflows.notation;

import dev.godwit.workflows.spec.SpecSchema;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What people and {@link SpecSchema} are told about a key of the spec. A key is required unless its type is nullable or
 * {@link #standard} says what its absence means. A record's own documentation adds what this leaves out.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Key {
    /** What it says, for people: a phrase without a full stop. */
    String value();

    /** How a text, a duration or each text of a list is written. */
    Text text() default Text.LINE;

    /** What an absent key means, as JSON; empty if there is nothing of the kind. The record's constructor agrees. */
    String standard() default "";

    /** The smallest number, or the fewest items of a list. */
    int least() default 0;

    /** The largest number, or the most items of a list. */
    int most() default 1000;
}
