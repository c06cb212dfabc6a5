package dev.godwit.api.openapi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says what a part of a body or a parameter means. The document of the API shows it, and request bodies are held to it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface Doc {
    /** What it means. */
    String value();

    /** A regular expression (ECMA-262) that texts match. */
    String pattern() default "";

    /** The most characters. */
    int longest() default 0;

    /** The least number. */
    int least() default Integer.MIN_VALUE;

    /** The greatest number. */
    int most() default Integer.MAX_VALUE;

    /** What it looks like. */
    String example() default "";

    /** Whether it may be left out; nullable parts always may. */
    boolean optional() default false;
}
